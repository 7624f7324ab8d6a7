/**
 * The options of `deno task reproduce`.
 *
 * @module
 */
import { datasets, pocketSets, pocketShifts } from "../../datasets/mod.ts";
import { methods } from "../../methods/mod.ts";
import { keeps, protocols, recipes } from "../../protocols/mod.ts";
import { slurmKeys } from "./slurm_given.ts";
import {
  choice,
  flag,
  integer,
  integers,
  many,
  number,
  precisionOption,
  text,
  type Values,
  words,
} from "../options.ts";
import { experimentNames, methodNames } from "./choose.ts";

/** What the command does, for `--help`. */
export const summary =
  "Runs the papers' experiments and writes a report: on the drawn pocket suite (--preset pocket, the default), on the papers' own data and weights (--preset paper), or one of your own (--protocol, --data).";

/** How data sets are read. */
export const readingOptions = {
  template: text("TEXT", "a prompt template of your own, with {} where the class name goes"),
  templates: text("FILE", "several, one a line, for zero-shot prompts to be averaged over"),
  classNames: text(
    "FILE",
    "class names of your own: one a line in the order of the labels, or the data's name, a tab and yours",
  ),
  split: text(
    "TRAIN/VAL/TEST",
    "your own pictures are split by these shares, such as 70/10/20, whatever split there is",
  ),
  splitSeed: integer("seed of a split that is made of your own pictures: 1 by default"),
  shotsPerClass: text("FILE", "training images of each class: lines of class and number"),
};

/** The table of options. */
export const reproduceOptions = {
  preset: choice(recipes.map(({ name }) => name), "the experiments to run: pocket by default"),
  full: flag(
    "all of the pocket preset: every set, all shots, five seeds (three in the ablations)",
  ),
  only: words(
    experimentNames,
    "experiments of the preset, by their ids or what these begin or end with: base-to-new, prograd",
  ),
  datasets: words(
    [...datasets, ...pocketSets, ...pocketShifts].map(({ name }) => name),
    "data sets, of those that the experiments take",
  ),
  methods: words(
    methodNames(methods.map(({ name }) => name)),
    "methods, of those that the experiments take; with a preset as coop:template",
  ),
  protocol: choice(
    protocols.map(({ name }) => name),
    "an experiment of your own: its protocol (base-to-new when --data names data)",
  ),
  data: many(
    "NAME=PATH",
    "an experiment of your own: a data set and the folder it lies in, in CoOp's layout; or your own pictures, folder:PATH, csv:PATH, coco:PATH, … (docs/own_data.md), named by NAME=folder:PATH",
  ),
  ...readingOptions,
  clip: text(
    "PATH|NAME",
    "CLIP weights in place of the experiments': a safetensors file, a folder with one, a fetched model's name, pocket, or random",
  ),
  root: text(
    "DIR",
    "the folder that the data sets lie under; drawn ones go beside the results",
    "datasets",
  ),
  shots: integers("training images a class, in place of the experiments'"),
  seeds: integers("seeds, in place of the experiments'"),
  epochs: integer("epochs, in place of the experiments'"),
  rate: number("learning rate at the start, in place of the experiments'"),
  batch: integer("images of a step, in place of the experiments'", undefined, 1),
  crop: number(
    "least share of an image's area that a training crop shows, in place of the papers' 0.08",
  ),
  set: many(
    "KEY=VALUE",
    "a method's setting, for the methods that have it",
  ),
  views: integer(
    "fixed views of each training image, in place of new crops in every epoch (faster; a deviation); 0: new crops, as published",
  ),
  skipMissing: flag("leave out images that are not there; the report says how many"),
  backend: choice(
    ["native", "webgpu", "wasm", "cpu"],
    "what computes; the fastest that works by default",
  ),
  precision: precisionOption,
  workers: integer("threads that read images", 1),
  jobs: integer(
    "processes that run cells side by side, sharing the cores; what is fastest by default",
    undefined,
    1,
  ),
  stack: integer(
    "cells of a process that train as one, where they can (CoOp, ProGrad and others that learn texts alone): faster where steps are small; the same numbers but for rounding",
    1,
    1,
  ),
  out: text("DIR", "where records and report go", "out/reproduce"),
  keep: choice(
    keeps,
    "what stays of each cell beside its record: its prompts, DIR/prompts/<id>.safetensors, or none; changes no number",
    "prompts",
  ),
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
