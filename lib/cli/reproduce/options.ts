/**
 * The options of `deno task reproduce`.
 *
 * @module
 */
import { methods } from "../../methods/mod.ts";
import { protocols } from "../../protocols/mod.ts";
import { slurmKeys } from "../slurm/options.ts";
import { choice, flag, integer, integers, many, text, type Values, words } from "../options.ts";

/** What the command does, for `--help`. */
export const summary =
  "Runs the papers' protocols and writes a report. Without --clip and --data it checks the machinery on random weights and drawn shapes.";

/** The table of options. */
export const reproduceOptions = {
  clip: text(
    "PATH|NAME",
    "CLIP weights: a safetensors file, a folder with one, or a fetched model's name",
  ),
  data: many(
    "NAME=PATH",
    "a data set and the folder it lies in, in CoOp's layout; may be given several times",
  ),
  methods: words(methods.map(({ name }) => name), "methods to run", [
    "zero-shot",
    "coop",
    "prograd",
    "prometar",
  ]),
  protocol: choice(protocols.map(({ name }) => name), "protocol to follow", "base-to-new"),
  preset: text("NAME", "preset of the methods that have one of this name"),
  shots: integers("training images a class; the protocol's own by default"),
  seeds: integers("seeds", [1, 2, 3]),
  epochs: integer("epochs, in place of the paper's"),
  set: many(
    "KEY=VALUE",
    "a method's setting, for the methods that have it; may be given several times",
  ),
  views: integer(
    "fixed views of each training image, in place of new crops in every epoch (faster; a deviation)",
  ),
  skipMissing: flag("leave out images that are not there; the report says how many"),
  backend: choice(
    ["native", "webgpu", "wasm", "cpu"],
    "what computes; the fastest that works by default",
  ),
  workers: integer("threads that read images", 1),
  jobs: integer("processes that run cells side by side, sharing the cores", 1, 1),
  out: text("DIR", "where records and report go", "out/reproduce"),
  runner: choice(["local", "slurm"], "what runs the cells: this machine, or a cluster", "local"),
  slurm: many(
    "KEY=VALUE",
    `what --runner slurm asks for: ${slurmKeys.join(", ")}; may be given several times`,
  ),
  dryRun: flag("print the cells, and which are done, or the cluster's job script, and run nothing"),
  reportOnly: flag("write the report of --out from the records that are there, and run nothing"),
};

/** The values of the options. */
export type ReproduceOptions = Values<typeof reproduceOptions>;
