/** Files that are right: what the fuzzer damages. */
import { report } from "../../lib/report/mod.ts";
import { record, result } from "../report/records.ts";
import { int, pickle, tensor, text } from "../torch/pickles.ts";

type Seeds = Uint8Array[];

const fixtures = decodeURIComponent(new URL("../fixtures/", import.meta.url).pathname);
const files = (...paths: string[]): Seeds =>
  paths.map((path) => Deno.readFileSync(fixtures + path));
const texts = (...values: string[]): Seeds =>
  values.map((value) => new TextEncoder().encode(value));

export const safetensors: Seeds = files(
  "clip/python.safetensors",
  "clip/python_written.safetensors",
);

/** Recorded steps in both of their forms. */
export const trajectory: Seeds = [
  framed({
    "param.ctx": { dtype: "F32", shape: [3, 1], data_offsets: [0, 12] },
    "loss": { dtype: "F32", shape: [2], data_offsets: [12, 20] },
  }, 20),
  framed({
    "s0/loss": { dtype: "F32", shape: [1], data_offsets: [0, 4] },
    "s0/phase1.lr": { dtype: "F32", shape: [1], data_offsets: [4, 8] },
  }),
];

/** Packed tensors: exact rows, and rounded ones. */
export const packed: Seeds = [
  framed({
    __metadata__: {
      packed: JSON.stringify({
        x: { dtype: "F32", shape: [2, 2], rows: 2, exact: 1, scales: [0.5] },
      }),
    } as never,
    "x": { dtype: "U8", shape: [4, 2], data_offsets: [0, 8] },
    "x~": { dtype: "U8", shape: [2, 2], data_offsets: [8, 12] },
  }, 12),
];

export const weights: Seeds = files("parity/vpt_shallow.safetensors");

export const prompts: Seeds = files("prompts/coop.safetensors");

export const torch: Seeds = files(
  ...["zip.pt", "zip4.pt", "legacy.pt", "script.pt", "dassl.pt"].map((name) => `torch/${name}`),
);

/** Of a tensor and what stands beside it; the archive that the fuzzer puts around it has storage 0. */
export const pickles: Seeds = [
  pickle("}", 0x71, 0, 0x28, text("ctx"), tensor({ shape: [2, 2], strides: [1, 2] }), "u."),
  pickle("ccollections\nOrderedDict\n", 0x29, 0x52, text("a"), "]", 0x28, int(7), "Ne", "s."),
];

/** A checkpoint of pre-training: a header, its strings, and two tensors of one number. */
export const pretraining: Seeds = [framed({
  __metadata__: {
    run: "run",
    at: JSON.stringify({ step: 3, log: [], recent: [], order: ["params/a", "optimiser/a"] }),
  },
  "optimiser/a": { dtype: "F32", shape: [1], data_offsets: [0, 4] },
  "params/a": { dtype: "F32", shape: [1], data_offsets: [4, 8] },
})];

/** A safetensors file with the header, and so many bytes of numbers, all zero. */
export function framed(header: unknown, bytes = 8): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + bytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

export const table: Seeds = texts(
  'path,label,split\n1.jpg,wren,train\n"a,b.jpg","ro""bin",test\n2.jpg,robin,val\n',
  "sep=;\r\nfile_name;class\r\n1.jpg;wren\r\n2.jpg;wren\r\n",
  "\uFEFFimage\twren\trobin\r1.jpg\t0\t1\r2.jpg\t1\t0\r",
);

export const lines: Seeds = texts(
  '{"file_name":"1.jpg","label":["wren"],"split":"test"}\n{"file_name":"2.jpg","label":"robin","split":"train"}\n',
);

export const coco: Seeds = texts(
  '{"images":[{"id":1,"file_name":"1.jpg"},{"id":2,"file_name":"a/2.jpg"}],"annotations":[{"id":1,"image_id":1,"category_id":3}],' +
    '"categories":[{"id":3,"name":"wren"}]}',
);

export const given: Seeds = texts(
  "wren\tZaunkönig\nrobin\t4\n",
  "wren,4\nrobin,7\n",
  "{} a\nb {}\n",
);

export const parquet: Seeds = files(
  "datasets/tables/birds.parquet",
  "datasets/tables/plain.parquet",
  "datasets/tables/embedded.parquet",
  "datasets/tables/multi_label.parquet",
);

export const matlab: Seeds = files(
  "datasets/kinds.mat",
  "datasets/oxford_flowers/imagelabels.mat",
  "datasets/stanford_cars/cars_test_annos_withlabels.mat",
);

export const list: Seeds = texts("0034309 Boeing 707-320\n0034958 707-320\n1001 A 300\n");

export const archives: Seeds = files(
  ...["good.zip", "zip64.zip", "good.tar", "good.tar.gz", "good_gnu.tar", "good_pax.tar.gz"]
    .map((name) => `datasets/archives/${name}`),
);

export const pictures: Seeds = files(
  ...["image/baseline.jpg", "image/progressive.jpg", "image/cmyk.jpg", "image/exif_rotated.jpg"],
  ...["image/rgb.png", "image/rgba_16bit.png", "image/palette_trns.png", "image/l_2bit.png"],
  ...["image/rgb.webp", "image/rgba.webp"],
);

export const split: Seeds = texts(
  '{"train":[["cat/1.jpg",0,"tabby cat"],["dog/1.jpg",1,"dog"]],"val":[["dog/2.jpg",1,"dog"]],"test":[["cat/2.jpg",0,"tabby cat"]]}',
);

export const notebook: Seeds = texts(
  '{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code","id":"a","metadata":{"tags":["parameters"]},' +
    '"source":["1+1\\n"],"outputs":[{"output_type":"stream","name":"stdout","text":["2"]},{"output_type":"display_data",' +
    '"data":{"image/svg+xml":["<svg/>"]},"metadata":{}}],"execution_count":1},{"cell_type":"markdown","id":"b","metadata":{},"source":"# A"}]}',
);

export const plan: Seeds = texts(JSON.stringify({
  schema: 3,
  backend: "wasm",
  skipMissing: false,
  travels: { methods: {}, datasets: { eurosat: { spec: "eurosat", root: "data" } } },
  data: [],
  report: { headline: "Made up", command: "deno task reproduce", titles: {}, missing: [] },
  experiments: [{
    ...{ id: "base-to-new", title: "Made up", about: "", protocol: "base-to-new", clip: "pocket" },
    ...{ command: "deno task reproduce", entries: [{ method: "coop" }], datasets: ["eurosat"] },
    ...{ shots: [4], seeds: [1], cells: ["c0"] },
  }],
  cells: [{
    ...{ index: 0, id: "c0", training: "t0", from: [0, 0] },
    cell: { protocol: "base-to-new", method: "coop", dataset: "eurosat", shots: 4, seed: 1 },
  }],
}));

export const reports: Seeds = texts(JSON.stringify(
  report([record({}, [result("eurosat", "base", 80), result("eurosat", "new", 60)])], {
    headline: "Made up",
    command: "none",
  }).json,
));

export const wheel: Seeds = files("tensor/wheel.zip");

export const parity: Seeds = files("parity/manifest.json");

export const native: Seeds = texts(
  '{"wheels":{"a.whl":"00"},"sizes":{"tfjs_binding.node":3},"compiled":{"tfjs_binding.node":"00"}}',
);

export const lock: Seeds = texts('{"host":"a","pid":1,"beat":0,"note":"epoch 1/2"}');

export const site: Seeds = texts(
  "#!/bin/bash\n#SBATCH --qos=long --mail-type END # a\n#SBATCH -p 'main' --comment=\"a b\"\nmodule load cuda\n",
);

export const queue: Seeds = texts(
  "plumbline-0-0|7|0|RUNNING|None\nplumbline-0-0|7|[1-3]|PENDING|Resources\n",
);

export const words: Seeds = texts(
  "a photo of a &amp;lt;caf&eacute;&gt;, schÃ¶n, ÃƒÂ©, ä½ å¥½ ﬁ … “quoted” 1234567 l'été's",
  "\u202e\u0000\ufeff👩‍👩‍👧 &#x1F600; &#0; &notit; â€œ",
);

/** Configs beside weights: open_clip's and transformers'. */
export const clipConfigs: Seeds = architectures(["open_clip_config.json", "config.json"]);

/** The tokenizers beside weights. */
export const tokenizers: Seeds = architectures(["tokenizer.json"]);

/** Indices of shards. */
export const shards: Seeds = texts(
  '{"metadata":{"total_size":8},"weight_map":{"x":"model-00001-of-00001.safetensors","y":"model-00001-of-00001.safetensors"}}',
);

function architectures(names: string[]): Seeds {
  const [models] = files("architectures/models.json");
  const { cases } = JSON.parse(new TextDecoder().decode(models));
  return texts(
    ...cases.flatMap(({ files }: { files: Record<string, unknown> }) =>
      names.flatMap((name) => name in files ? [JSON.stringify(files[name])] : [])
    ),
  );
}
