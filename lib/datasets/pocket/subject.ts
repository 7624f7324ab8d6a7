/**
 * What a class of the pocket world is: its name, what else it may be called, and how it is drawn.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import type { Colour } from "./canvas.ts";
import { type ColourName, inks } from "./colours.ts";
import type { Looks } from "./look.ts";
import type { Part } from "./shapes.ts";

/** One drawing of a class. */
export interface Drawing {
  parts: Part[];
  /** The colour of every point, for what fills the picture; parts then lie on it, unmoved. */
  ground?: (x: number, y: number) => Colour;
  /** A word for its colour, if it has one. */
  word?: string | undefined;
}

/** A class of pictures. */
export interface Subject {
  /** The class name. */
  name: string;
  /** Noun phrases that captions use instead of the name: aliases, parts, attributes, broader words. */
  others: readonly string[];
  /** Pre-training never draws it: its name's words are seen only in other combinations. */
  unseen?: boolean;
  draw(random: Random): Drawing;
}

/** A data set's classes and looks. */
export interface World {
  /** Short name of the data set: `pocket-pets`. */
  name: string;
  title: string;
  /** The papers' data set whose part it plays. */
  plays: string;
  template: string;
  /** How captions say the class name; `{}` alone where absent. */
  phrase?: string;
  /** How likely a caption of pre-training says the class name. */
  named: number;
  /** How often pre-training draws it, relative to the others. */
  share: number;
  subjects: readonly Subject[];
  /** How the data set's pictures differ from those of pre-training, and from each other. */
  looks: Looks;
}

/** A class in two colours: its name, its own colours, other names separated by `|`, and its shapes. */
export function icon(
  name: string,
  [main, other]: [ColourName, ColourName],
  others: string,
  parts: (a: Colour, b: Colour, random: Random) => Part[],
): Subject {
  return {
    name,
    others: others.split("|"),
    draw(random) {
      const ink = inks(random, main, other);
      return { parts: parts(ink.main, ink.other, random), word: ink.word };
    },
  };
}

/** An element of a list at random. */
export const pick = <T>(random: Random, list: readonly T[]): T =>
  list[random.randbelow(list.length)]!;
