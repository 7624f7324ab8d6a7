/**
 * What the page and its worker say to each other: plain data.
 *
 * @module
 */
import type { Raster } from "../../core.ts";

/** A class of the visitor's own. */
export interface OwnClass {
  /** As it is written into the prompt. */
  name: string;
  /** In the order in which they were given. */
  pictures: Raster[];
}

/** What is classified: a set that is drawn, or pictures of the visitor's. */
export type Choice = { set: string } | { classes: OwnClass[] };

/** How a method is trained. */
export interface Told {
  /** The method's short name. */
  method: string;
  /** Training pictures of each class. */
  shots: number;
  /** Seed of all random draws. */
  seed: number;
  /** Passes over the training pictures. */
  epochs: number;
  /** The learning rate that the cosine starts from. */
  rate: number;
  /** Settings of the method's, such as λ. */
  settings: Record<string, number>;
}

/** What the worker is asked. */
export type Request =
  | { kind: "open"; weights: Uint8Array; program: string; backend: string }
  | { kind: "choose"; choice: Choice; shots: number; seed: number }
  | { kind: "train"; told: Told }
  | { kind: "load"; name: string; bytes: Uint8Array };

/** A slider: a setting that is a number between bounds. */
export interface Slider {
  key: string;
  about: string;
  value: number;
  least: number;
  most: number;
}

/** A method that the page offers, and how it is trained on the pocket CLIP unless the visitor moves something. */
export interface MethodCard {
  name: string;
  title: string;
  venue: string;
  learned: string;
  rate: number;
  /** Epochs that the page starts with: the recipe's, or fewer where every step goes through the image tower, too. */
  epochs: number;
  /** Epochs of the pocket recipe. */
  recipe: number;
  sliders: Slider[];
}

/** A half of the classes, or all of them, and what was measured on their test pictures. */
export interface Part {
  /** `base`, `new` or `all`. */
  label: string;
  classNames: string[];
  /** Test pictures. */
  n: number;
  /** In percent. */
  accuracy: number;
}

/** A test picture that is shown. */
export interface Shown {
  path: string;
  raster: Raster;
  className: string;
  part: string;
}

/** What a test picture was taken for, by its path. */
export type Seen = Record<string, { className: string; probability: number }>;

/** What a step of training tells. */
export interface Step {
  epoch: number;
  /** From 0, over all epochs. */
  at: number;
  /** In all. */
  of: number;
  loss: number;
  /** Two gradients and what is made of them, where the method has two. */
  conflict?: { cosine: number; removed: number; task: number; general: number } | undefined;
  /** Meta-learning: the mean gate of each tower's prompts, and how query and support agree. */
  meta?: { gates: Record<string, number>; support?: number } | undefined;
}

/** What the worker answers, and tells while it trains. */
export type Reply =
  | { kind: "opened"; device: string; sets: SetCard[]; methods: MethodCard[] }
  | { kind: "chosen"; title: string; template: string; parts: Part[]; shown: Shown[]; seen: Seen }
  | { kind: "step"; step: Step }
  | { kind: "measured"; at: number; parts: Part[] }
  | { kind: "trained"; parts: Part[]; seen: Seen; seconds: number; file: Uint8Array }
  | { kind: "loaded"; method: string; title: string; parts: Part[]; seen: Seen }
  | { kind: "failed"; message: string };

/** A set that can be drawn. */
export interface SetCard {
  name: string;
  title: string;
  plays: string;
  classes: number;
}
