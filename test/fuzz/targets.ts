/** Every reader of a file that others may have written: what to damage, and how it is opened. */
import { join } from "node:path";
import { parseNotebook } from "../../lib/cli/notebooks/ipynb.ts";
import { readPlan } from "../../lib/cli/reproduce/plan_file.ts";
import { status } from "../../lib/cli/status.ts";
import { readFolder } from "../../lib/cli/verify/manifest.ts";
import { loadWeights, parseSafetensors, tokenize } from "../../lib/clip/mod.ts";
import { dataset, parseSplit, tableDataset } from "../../lib/datasets/mod.ts";
import { extract } from "../../lib/datasets/extract.ts";
import { readMatlab } from "../../lib/datasets/matlab.ts";
import { checkpointFile } from "../../lib/engine/mod.ts";
import { decodeImage } from "../../lib/image/mod.ts";
import { openIndex, readRecord } from "../../lib/protocols/mod.ts";
import type { Random } from "../../lib/random/mod.ts";
import { report } from "../../lib/report/mod.ts";
import { unzip } from "../../lib/tensor/zip.ts";
import { nativeFault } from "../../lib/tensor/mod.ts";
import { mutatedBytes, mutatedJson } from "./mutate.ts";
import { sealed, wholeRecord } from "./sealed.ts";

/** One reader. */
export interface Target {
  /** A damaged file. */
  mutated(random: Random): Uint8Array<ArrayBuffer>;
  /** Opens it; may write below `folder` and nowhere else. A `UserError` is a right answer. */
  open(bytes: Uint8Array<ArrayBuffer>, folder: string): unknown;
}

const fixtures = decodeURIComponent(new URL("../fixtures/", import.meta.url).pathname);
const file = (path: string) => Deno.readFileSync(fixtures + path);
const files = (...paths: string[]) => paths.map(file);
const texts = (...values: string[]) => values.map((value) => new TextEncoder().encode(value));
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (seeds: Uint8Array[]) => (random: Random) => mutatedBytes(seeds, random);
const json = (seeds: Uint8Array[]) => (random: Random) => mutatedJson(seeds, random);

/** Writes the file where its reader looks. → its path */
async function put(folder: string, name: string, content: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeFile(path, content);
  return path;
}

const archives = [
  "good.zip",
  "zip64.zip",
  "good.tar",
  "good.tar.gz",
  "good_gnu.tar",
  "good_pax.tar.gz",
]
  .map((name) => file(`datasets/archives/${name}`));

const pictures = files(
  ...["image/baseline.jpg", "image/progressive.jpg", "image/cmyk.jpg", "image/exif_rotated.jpg"],
  ...["image/rgb.png", "image/rgba_16bit.png", "image/palette_trns.png", "image/l_2bit.png"],
  ...["image/rgb.webp", "image/rgba.webp"],
);

const split = texts(
  '{"train":[["cat/1.jpg",0,"tabby cat"],["dog/1.jpg",1,"dog"]],"val":[["dog/2.jpg",1,"dog"]],"test":[["cat/2.jpg",0,"tabby cat"]]}',
);

const notebook = texts(
  '{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code","id":"a","metadata":{"tags":["parameters"]},' +
    '"source":["1+1\\n"],"outputs":[{"output_type":"stream","name":"stdout","text":["2"]},{"output_type":"display_data",' +
    '"data":{"image/svg+xml":["<svg/>"]},"metadata":{}}],"execution_count":1},{"cell_type":"markdown","id":"b","metadata":{},"source":"# A"}]}',
);

const plan = texts(JSON.stringify({
  schema: 2,
  args: ["--out", "x"],
  cwd: "/",
  backend: "wasm",
  data: [],
  report: { headline: "Made up", command: "deno task reproduce", titles: {}, missing: [] },
  cells: [{
    index: 0,
    id: "c0",
    cell: { protocol: "base-to-new", method: "coop", dataset: "eurosat", shots: 4, seed: 1 },
  }],
}));

/** The readers by name. */
export const targets: Record<string, Target> = {
  safetensors: {
    mutated: bytes(files("clip/python.safetensors", "clip/python_written.safetensors")),
    open(content) {
      const found = parseSafetensors(content, "file.safetensors");
      for (const key of found.keys) found.readFloats(key);
    },
  },
  weights: {
    mutated: bytes(files("parity/vpt_shallow.safetensors")),
    open: async (content, folder) => await loadWeights(await put(folder, "w.safetensors", content)),
  },
  checkpoint: {
    mutated: bytes(files("parity/vpt_shallow.safetensors")),
    async open(content, folder) {
      const path = await put(folder, "c.safetensors", content);
      if (await checkpointFile(path, "fit").load()) {
        throw new Error("a damaged checkpoint was taken");
      }
    },
  },
  split: { mutated: json(split), open: (content) => parseSplit(text(content), "split.json") },
  csv: {
    mutated: bytes(
      texts('path,label,split\n1.jpg,wren,train\n"a,b.jpg","ro""bin",test\n2.jpg,robin,val\n'),
    ),
    open: async (content, folder) => await tableDataset(await put(folder, "t.csv", content)).load(),
  },
  parquet: {
    mutated: bytes(files("datasets/tables/birds.parquet", "datasets/tables/plain.parquet")),
    open: async (content, folder) =>
      await tableDataset(await put(folder, "t.parquet", content)).load(),
  },
  matlab: {
    mutated: bytes(files(
      "datasets/kinds.mat",
      "datasets/oxford_flowers/imagelabels.mat",
      "datasets/stanford_cars/cars_test_annos_withlabels.mat",
    )),
    open: (content) => readMatlab(content, "labels.mat"),
  },
  lists: {
    mutated: bytes(texts("0034309 Boeing 707-320\n0034958 707-320\n1001 A 300\n")),
    async open(content, folder) {
      const at = join("fgvc_aircraft");
      await put(
        folder,
        `${at}/variants.txt`,
        new TextEncoder().encode("Boeing 707-320\n707-320\n"),
      );
      for (const name of ["train", "val", "test"]) {
        await put(folder, `${at}/images_variant_${name}.txt`, content);
      }
      const { train } = await dataset("fgvc_aircraft").load(folder);
      for (const { path } of train) {
        if (!path.startsWith(folder)) throw new Error(`escaped: ${path}`);
      }
    },
  },
  images: { mutated: bytes(pictures), open: (content) => decodeImage(content, "a.jpg") },
  archives: {
    mutated: bytes(archives),
    async open(content, folder) {
      const path = await put(folder, "set.archive", content);
      const to = join(folder, "to");
      await Deno.remove(to, { recursive: true }).catch(() => {});
      await extract(path, to, { folder: "" });
    },
  },
  wheel: {
    mutated: bytes(files("tensor/wheel.zip")),
    async open(content, folder) {
      await unzip(await put(folder, "x.whl", content), join(folder, "wheel"), () => true);
    },
  },
  plan: {
    mutated: json(plan),
    async open(content, folder) {
      await put(folder, "plan.json", content);
      await readPlan(folder);
      await status([folder], () => {});
    },
  },
  record: {
    mutated: json([wholeRecord]),
    async open(content, folder) {
      await put(folder, "records/c0.json", content);
      await readRecord(folder, "c0");
      (await openIndex(folder)).close();
    },
  },
  "sealed record": {
    mutated: (random) => sealed("c0", mutatedJson([wholeRecord], random)),
    async open(content, folder) {
      await put(folder, "records/c0.json", content);
      const record = await readRecord(folder, "c0");
      (await openIndex(folder)).close();
      if (!record) return;
      const { html } = report([record], { headline: "Damaged", command: "none" });
      if (/<script|<img|javascript:/i.test(html)) throw new Error("a record's words became markup");
    },
  },
  manifest: {
    mutated: json(files("parity/manifest.json")),
    async open(content, folder) {
      await put(folder, "manifest.json", content);
      const found = await readFolder(folder);
      for (const { file } of found.records) found.find(file);
    },
  },
  notebook: {
    mutated: json(notebook),
    open: (content) => parseNotebook(text(content), "n.ipynb"),
  },
  "native manifest": {
    mutated: json(
      texts(
        '{"wheels":{"a.whl":"00"},"sizes":{"tfjs_binding.node":3},"compiled":{"tfjs_binding.node":"00"}}',
      ),
    ),
    async open(content, folder) {
      await put(folder, "manifest.json", content);
      if (nativeFault(folder) === undefined) throw new Error("a damaged build was taken for whole");
    },
  },
  text: {
    mutated: bytes(texts(
      "a photo of a &amp;lt;caf&eacute;&gt;, schÃ¶n, ÃƒÂ©, ä½ å¥½ ﬁ … “quoted” 1234567 l'été's",
      "\u202e\u0000\ufeff👩‍👩‍👧 &#x1F600; &#0; &notit; â€œ",
    )),
    open: (content) => tokenize([text(content)], { truncate: true }),
  },
};
