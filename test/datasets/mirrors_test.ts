/** Mirrors and proxies that the environment names. */
import assert from "node:assert/strict";
import { dataset, mirrorsNamed } from "../../lib/datasets/mod.ts";
import { addressesOf } from "../../lib/datasets/mirrors.ts";
import { good, withServer } from "./server.ts";
import { inTree } from "./tree.ts";

const project = decodeURIComponent(new URL("../../", import.meta.url).pathname);

Deno.test("mirrors come before a file's own addresses, by its name; what is had by hand has none", () => {
  const set = { published: { ...dataset("caltech101").published!, folder: "caltech-101" } };
  const zip = { urls: ["https://data.caltech.edu/a/caltech-101.zip?download=1"], to: "x" };
  assert.deepEqual(addressesOf(set, zip, { data: "https://m.example/d" }), [
    "https://m.example/d/caltech-101/caltech-101.zip",
    ...zip.urls,
  ]);
  const drive = {
    urls: ["https://drive.google.com/uc?export=download&id=1"],
    to: "split_zhou_A.json",
  };
  assert.equal(
    addressesOf(set, drive, { data: "https://m" })[0],
    "https://m/caltech-101/split_zhou_A.json",
  );
  const hub = { urls: ["https://huggingface.co/a/b/resolve/main/c.zip"], to: "c" };
  assert.deepEqual(addressesOf(set, hub, { hub: "https://hub.example" }), [
    "https://hub.example/a/b/resolve/main/c.zip",
    ...hub.urls,
  ]);
  assert.deepEqual(addressesOf(set, { urls: [], to: "x" }, { data: "https://m" }), []);
  for (const { published } of ["imagenet", "eurosat", "food101"].map((name) => dataset(name))) {
    for (const source of published!.sources) {
      addressesOf({ published }, source, { data: "https://m" });
    }
  }
});

Deno.test("an address of the environment is one, or is told", () => {
  assert.deepEqual(mirrorsNamed(() => undefined), { data: undefined, hub: undefined });
  assert.deepEqual(mirrorsNamed(() => " https://m.example/ "), {
    data: "https://m.example",
    hub: "https://m.example",
  });
  assert.throws(
    () => mirrorsNamed((name) => name === "HF_ENDPOINT" ? "mirror" : undefined),
    /^UserError: HF_ENDPOINT is "mirror": give an address, such as https:/,
  );
});

/** Runs `data eurosat` as the task does, with an environment; the host of a mirror is allowed by hand, as the message says. */
async function fetched(root: string, env: Record<string, string>, host?: string) {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "-P=data", "--no-prompt", ...host ? [`--allow-net=${host}`] : []],
      ...[`${project}lib/cli/data.ts`, "eurosat", "--root", root],
    ],
    env: { ...env, NO_PROXY: "" },
  }).output();
  return new TextDecoder().decode(stdout);
}

const split = new TextEncoder().encode(
  '{"train":[["a/1.jpg",0,"a"]],"val":[],"test":[["a/2.jpg",0,"a"]]}',
);

Deno.test("data takes a file from the mirror that the environment names, and names a host that it may not reach", () =>
  withServer(
    { "/m/eurosat/split_zhou_EuroSAT.json": good(split) },
    (origin) =>
      inTree({ "eurosat/2750/x": "" }, async (root) => {
        const env = { PLUMBLINE_DATA_MIRROR: `${origin}/m` };
        const { host } = new URL(origin);
        assert.match(await fetched(root, env, host), /eurosat: split file: fetched\./);
        assert.deepEqual(await Deno.readFile(`${root}/eurosat/split_zhou_EuroSAT.json`), split);
        await Deno.remove(`${root}/eurosat/split_zhou_EuroSAT.json`);
        assert.ok((await fetched(root, { ...env, HTTPS_PROXY: "http://127.0.0.1:9" }))
          .includes(
            `--allow-net=${host} (for the task: deno run -P=data --allow-net=${host} lib/cli/data.ts`,
          ));
      }),
  ));

Deno.test("data goes by the proxy that the environment names", () =>
  // A proxy is asked for whole addresses; a server that looks at their paths alone is one.
  withServer({ "/m/eurosat/split_zhou_EuroSAT.json": good(split) }, (origin) =>
    inTree({ "eurosat/2750/x": "" }, async (root) => {
      const env = { PLUMBLINE_DATA_MIRROR: "http://mirror.invalid/m", HTTP_PROXY: origin };
      assert.match(await fetched(root, env, "mirror.invalid"), /eurosat: split file: fetched\./);
    })));
