/** `deno task native`: its options, and that a build that is there is found at once. */

import assert from "node:assert/strict";
import { native } from "../../lib/cli/native.ts";
import { nativeCache, nativeFault, nativeFolder } from "../../lib/tensor/native.ts";

const silent = () => {};

Deno.test("native refuses options it doesn't know, and --gpu together with --remove", async () => {
  const unknown = "native: unknown option --gpuu: did you mean --gpu? See native --help.";
  await assert.rejects(native(["--gpuu"], silent), { name: "UsageError", message: unknown });
  const both = "native: --remove deletes every build: give it without --gpu.";
  await assert.rejects(native(["--gpu", "--remove"], silent), { message: both });
});

const folder = nativeFolder("cpu", nativeCache() ?? "");
const present = nativeFault(folder) === undefined;

Deno.test({
  name: "native finds what is built, builds nothing, and says where it is and what it computes on" +
    (present ? "" : " (skipped: native is not set up)"),
  ignore: !present,
  async fn() {
    const said: string[] = [];
    await native([], (line) => said.push(line));
    assert.equal(said.length, 1);
    assert.ok(said[0]!.startsWith(`The native backend is ready in ${folder} and computes on: `));
  },
});
