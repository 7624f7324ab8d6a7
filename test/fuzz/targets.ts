/** Every reader of a file that others may have written: what to damage, and how it is opened. */
import { isAbsolute, join, relative } from "node:path";
import { notebookHtml } from "../../lib/jupyter/html.ts";
import { parseNotebook } from "../../lib/jupyter/ipynb.ts";
import { readPlan } from "../../lib/lab/plan_file.ts";
import { status } from "../../lib/cli/status.ts";
import { readFolder } from "../../lib/parity/manifest.ts";
import { readPacked } from "../../lib/parity/packed.ts";
import { readTrajectory } from "../../lib/parity/recorded.ts";
import { parseFields } from "../../lib/clip/configs/fields.ts";
import { openClipStated } from "../../lib/clip/configs/open_clip.ts";
import { transformersStated } from "../../lib/clip/configs/transformers.ts";
import { parseTokenizer } from "../../lib/clip/text_tokenizer.ts";
import { loadWeights, parseSafetensors, readSafetensors, tokenize } from "../../lib/clip/mod.ts";
import {
  cocoDataset,
  dataset,
  parseSplit,
  readTemplates,
  splitDataset,
  type Splits,
  tableDataset,
} from "../../lib/datasets/mod.ts";
import { readClassNames } from "../../lib/datasets/class_names.ts";
import { readShots } from "../../lib/datasets/shots_file.ts";
import { extract } from "../../lib/datasets/extract.ts";
import { readTask } from "../../lib/lab/slurm/commands.ts";
import { siteLines } from "../../lib/lab/slurm/site_lines.ts";
import { differences } from "../../lib/jupyter/stale.ts";
import { readMatlab } from "../../lib/datasets/matlab.ts";
import { checkpointFile } from "../../lib/engine/mod.ts";
import { decodeImage } from "../../lib/image/mod.ts";
import { readCheckpoint } from "../../lib/pretrain/checkpoint.ts";
import { watch } from "../../lib/protocols/claim.ts";
import { lockText } from "../../lib/protocols/lock_file.ts";
import { readRecord } from "../../lib/protocols/mod.ts";
import { readPrompts } from "../../lib/prompts/mod.ts";
import type { Random } from "../../lib/random/mod.ts";
import { baseToNewRows, parseReport, report, reportRows, tableHtml } from "../../lib/report/mod.ts";
import { unzip } from "../../lib/tensor/zip.ts";
import { readTorch, torchTensors } from "../../lib/torch/mod.ts";
import { archived } from "../torch/pickles.ts";
import { nativeFault } from "../../lib/tensor/native_mod.ts";
import { grownBytes, grownHeader, grownJson } from "./grow.ts";
import { mutatedBytes, mutatedHeader, mutatedJson } from "./mutate.ts";
import { sealed, wholeRecord } from "./sealed.ts";
import * as seeds from "./seeds.ts";

/** One reader. */
export interface Target {
  /** A damaged file, or (`large`) one of up to two megabytes that small ones are made of. */
  mutated(random: Random, large?: boolean): Uint8Array<ArrayBuffer>;
  /** MiB of memory that it may take whatever a file's size: where that is more than others may. */
  most?: number;
  /** Opens it; may write below `folder` and nowhere else. A `UserError` is a right answer. */
  open(bytes: Uint8Array<ArrayBuffer>, folder: string): unknown;
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
type Make = (seeds: readonly Uint8Array[], random: Random) => Uint8Array<ArrayBuffer>;
const of =
  (damaged: Make, grown: Make) => (seeds: Uint8Array[]): Target["mutated"] => (random, large) =>
    (large ? grown : damaged)(seeds, random);
const bytes = of(mutatedBytes, grownBytes);
const header = of(mutatedHeader, grownHeader);
const json = of(mutatedJson, grownJson);

/** Writes the file where its reader looks. → its path */
async function put(folder: string, name: string, content: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeFile(path, content);
  return path;
}

async function readTensors(path: string): Promise<void> {
  for (const tensor of torchTensors(await readTorch(path)).values()) tensor.readFloats();
}

/** Throws where a path leads out of the folder. */
function inside(folder: string, { train, val, test }: Splits): void {
  for (const { path } of [...train, ...val, ...test]) {
    const from = relative(folder, isAbsolute(path) ? path : join(folder, path));
    if (isAbsolute(from) || from.split(/[/\\]/).includes("..")) throw new Error(`escaped: ${path}`);
  }
}

/** Throws where words of a file became markup that runs or fetches. */
function harmless(html: string): void {
  const found = /<(script|iframe|img)[^>]*|javascript:/i.exec(html)?.[0];
  if (found && !found.startsWith('<img src="data:')) throw new Error(`became markup: ${found}`);
}

/** The readers by name. */
export const targets: Record<string, Target> = {
  safetensors: {
    mutated: header(seeds.safetensors),
    open(content) {
      const found = parseSafetensors(content, "file.safetensors");
      for (const key of found.keys) found.readFloats(key);
    },
  },
  weights: {
    mutated: header(seeds.weights),
    open: async (content, folder) => await loadWeights(await put(folder, "w.safetensors", content)),
  },
  "clip config": {
    mutated: json(seeds.clipConfigs),
    open(content) {
      const file = parseFields(text(content), "config.json");
      if (text(content).includes("model_type")) transformersStated(file, file, "SiglipTokenizer");
      else openClipStated(file);
    },
  },
  tokenizer: {
    mutated: json(seeds.tokenizers),
    open: (content) =>
      parseTokenizer(text(content), "whitespace", "tokenizer.json").tokenizer.encode("a red dog"),
  },
  shards: {
    mutated: json(seeds.shards),
    async open(content, folder) {
      await put(folder, "model-00001-of-00001.safetensors", seeds.safetensors[0]!);
      await loadWeights(await put(folder, "model.safetensors.index.json", content));
    },
  },
  checkpoint: {
    mutated: header(seeds.weights),
    async open(content, folder) {
      const path = await put(folder, "c.safetensors", content);
      if (await checkpointFile(path, "fit").load()) {
        throw new Error("a damaged checkpoint was taken");
      }
    },
  },
  pretraining: {
    mutated: header(seeds.pretraining),
    async open(content, folder) {
      if (await readCheckpoint(await put(folder, "p.safetensors", content), "run")) {
        throw new Error("a damaged checkpoint was taken");
      }
    },
  },
  trajectory: {
    mutated: header(seeds.trajectory),
    async open(content, folder) {
      await put(folder, "t.safetensors", content);
      const file = await readSafetensors(join(folder, "t.safetensors"));
      const record = { name: "t", file: "t.safetensors", kind: "trajectory" } as const;
      await readTrajectory({ open: () => Promise.resolve(file) } as never, record, file);
    },
  },
  packed: {
    mutated: header(seeds.packed),
    async open(content, folder) {
      const zipped = new Blob([content]).stream().pipeThrough(new CompressionStream("gzip"));
      const path = await put(folder, "p.gz", await new Response(zipped).bytes());
      const file = await readPacked(path);
      for (const key of file.keys) file.readFloats(key);
    },
  },
  torch: {
    mutated: bytes(seeds.torch),
    open: async (content, folder) => await readTensors(await put(folder, "t.pt", content)),
  },
  pickle: {
    mutated: (random) => archived(mutatedBytes(seeds.pickles, random)),
    open: async (content, folder) => await readTensors(await put(folder, "p.pt", content)),
  },
  prompts: {
    mutated: header(seeds.prompts),
    open: async (content, folder) => await readPrompts(await put(folder, "p.safetensors", content)),
  },
  split: {
    mutated: json(seeds.split),
    open: (content) => inside("", parseSplit(text(content), "split.json")),
  },
  "own split": {
    mutated: json(seeds.split),
    open: async (content, folder) =>
      inside(folder, await splitDataset(await put(folder, "s.json", content)).load()),
  },
  coco: {
    mutated: json(seeds.coco),
    open: async (content, folder) =>
      inside(
        folder,
        await cocoDataset(await put(folder, "c.json", content), { split: [50, 0, 50] }).load(),
      ),
  },
  "table of lines": {
    mutated: bytes(seeds.lines),
    open: async (content, folder) =>
      inside(folder, await tableDataset(await put(folder, "t.jsonl", content)).load()),
  },
  "names, shots, templates": {
    mutated: bytes(seeds.given),
    async open(content, folder) {
      const file = await put(folder, "given.txt", content);
      const classes = ["robin", "wren"];
      const ways = [
        async () => (await readClassNames(file)).apply(classes, "birds"),
        () => readShots(file, classes, classes),
        () => readTemplates(file),
      ];
      for (const read of ways) {
        await read().catch((error) => {
          if (error.name !== "UserError") throw error;
        });
      }
    },
  },
  csv: {
    mutated: bytes(seeds.table),
    open: async (content, folder) =>
      inside(folder, await tableDataset(await put(folder, "t.csv", content)).load()),
  },
  parquet: {
    mutated: bytes(seeds.parquet),
    open: async (content, folder) =>
      inside(folder, await tableDataset(await put(folder, "t.parquet", content)).load()),
  },
  matlab: {
    mutated: bytes(seeds.matlab),
    open: (content) => readMatlab(content, "labels.mat"),
  },
  lists: {
    mutated: bytes(seeds.list),
    async open(content, folder) {
      const variants = new TextEncoder().encode("Boeing 707-320\n707-320\n");
      await put(folder, "fgvc_aircraft/variants.txt", variants);
      for (const name of ["train", "val", "test"]) {
        await put(folder, `fgvc_aircraft/images_variant_${name}.txt`, content);
      }
      inside(folder, await dataset("fgvc_aircraft").load(folder));
    },
  },
  images: {
    mutated: bytes(seeds.pictures),
    // A picture of a kilobyte may have a million pixels, and none has more than 89 million.
    most: 1024,
    open: (content) => decodeImage(content, "a.jpg"),
  },
  archives: {
    mutated: bytes(seeds.archives),
    async open(content, folder) {
      const path = await put(folder, "set.archive", content);
      const to = join(folder, "to");
      await Deno.remove(to, { recursive: true }).catch(() => {});
      await extract(path, to, { folder: "" });
    },
  },
  wanted: {
    mutated: bytes(seeds.archives),
    async open(content, folder) {
      const path = await put(folder, "set.archive", content);
      const to = join(folder, "to");
      await Deno.remove(to, { recursive: true }).catch(() => {});
      await extract(path, to, { folder: "images" });
    },
  },
  wheel: {
    mutated: bytes(seeds.wheel),
    async open(content, folder) {
      await unzip(await put(folder, "x.whl", content), join(folder, "wheel"), () => true);
    },
  },
  plan: {
    mutated: json(seeds.plan),
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
    },
  },
  "sealed record": {
    mutated: (random, large) => sealed("c0", json([wholeRecord])(random, large)),
    async open(content, folder) {
      await put(folder, "records/c0.json", content);
      const record = await readRecord(folder, "c0");
      if (!record) return;
      harmless(report([record], { headline: "Damaged", command: "none" }).html);
    },
  },
  report: {
    mutated: json(seeds.reports),
    open(content) {
      const read = parseReport(text(content), "report.json");
      baseToNewRows(reportRows(read));
      for (const table of read.tables) harmless(tableHtml(table));
    },
  },
  manifest: {
    mutated: json(seeds.parity),
    async open(content, folder) {
      await put(folder, "manifest.json", content);
      const found = await readFolder(folder);
      for (const { file } of found.records) found.find(file);
    },
  },
  notebook: {
    mutated: json(seeds.notebook),
    open(content) {
      const read = parseNotebook(text(content), "n.ipynb");
      // What a cell put out as HTML or SVG stays that: the page's policy forbids it to run or fetch.
      const words = read.cells.map((cell) => ({ ...cell, outputs: [] }));
      harmless(notebookHtml({ ...read, cells: words }, "n"));
    },
  },
  "native manifest": {
    mutated: json(seeds.native),
    async open(content, folder) {
      await put(folder, "manifest.json", content);
      if (nativeFault(folder) === undefined) throw new Error("a damaged build was taken for whole");
    },
  },
  lock: {
    mutated: json(seeds.lock),
    async open(content, folder) {
      const path = await put(folder, "locks/c0.0.json", content);
      const holder = await watch()({ id: "c0", generation: 0, path });
      if (holder.dead && !lockText(text(content))) {
        throw new Error("what says nothing was taken for dead");
      }
    },
  },
  "site lines": {
    mutated: bytes(seeds.site),
    open: (content) => siteLines(text(content), "site"),
  },
  queue: {
    mutated: bytes(seeds.queue),
    open: (content) => text(content).split("\n").map(readTask),
  },
  "kept notebook": {
    mutated: json(seeds.notebook),
    open(content) {
      const read = parseNotebook(text(content), "n.ipynb");
      differences(read, read);
    },
  },
  text: {
    mutated: bytes(seeds.words),
    open: (content) => tokenize([text(content)], { truncate: true }),
  },
};
