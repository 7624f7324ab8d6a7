/** Files of a kilobyte that state far more: the most that they can cost. */
import assert from "node:assert/strict";
import { parquet } from "./seeds.ts";

/** A WebP picture of one colour, 9458 × 9458 pixels with transparency: the most that are let in, in 38 bytes. */
const picture = Uint8Array.fromHex(
  "524946461e000000574542505650384c110000002ff1643c1907508a2ad4a3808188e87f0000",
);

/** The Parquet file with 2³² in place of the length at `at`. */
function claiming(at: number): Uint8Array {
  const file = Uint8Array.from(parquet[0]);
  file.set([0xfe, 0xff, 0xff, 0xff, 0x0f], at);
  return file;
}

const bombs: [what: string, target: string, bytes: Uint8Array, refused?: RegExp][] = [
  ["a picture of 38 bytes and 89 million pixels", "images", picture],
  ["a table of 1 KB and billions of values", "parquet", claiming(145), /it takes \d+ MiB/],
];

for (const [what, target, bytes, refused] of bombs) {
  Deno.test(`${what} costs less than 1 GiB and 5 s of the processor`, async () => {
    assert.ok(bytes.length < 1100);
    const file = await Deno.makeTempFile();
    await Deno.writeFile(file, bytes);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-P=fuzz", "--no-prompt", "test/fuzz/open.ts", target, file],
      cwd: decodeURIComponent(new URL("../../", import.meta.url).pathname),
    }).output();
    await Deno.remove(file);
    const said = new TextDecoder().decode(stdout);
    assert.notEqual(said, "", new TextDecoder().decode(stderr));
    const cost = JSON.parse(said);
    assert.ok(cost.mebibytes < 1024 && cost.seconds < 5, said);
    assert.match(cost.refused ?? "", refused ?? /^$/);
  });
}
