/**
 * What happens during a run, told as it happens: a command's display, a notebook's and a program's own listen to the same.
 *
 * @module
 */
import type { Cell, EpochRecord } from "../engine/mod.ts";
import type { Outlook } from "./outlook.ts";
import type { Plan } from "./plan_file.ts";

/** A cell with the identity that its record is named by. */
export interface CellName {
  /** Sixteen hexadecimal digits. */
  id: string;
  /** Protocol, method, data set, shots, seed. */
  cell: Cell;
}

/**
 * Something that happened.
 *
 * @category Reproduce
 */
export type LabEvent =
  /** The cells are known, and what they will cost; `jobs` run side by side. */
  | { type: "planned"; out: string; plan: Plan; outlook: Outlook; jobs: number }
  /** Something that the user should know, a line. */
  | { type: "note"; text: string }
  /** This process begins a cell, perhaps from its checkpoint on. */
  | ({ type: "started" } & CellName)
  /** A step of training is done; epochs and steps count from 0. */
  | (
    & { type: "step"; epoch: number; epochs: number; step: number; steps: number; loss: number }
    & CellName
  )
  /** An epoch is done, or was done already in the checkpoint that the cell continues. */
  | ({ type: "epoch"; record: EpochRecord } & CellName)
  /** Test images are done. */
  | ({ type: "tested"; done: number; total: number } & CellName)
  /** The cell's record is written. */
  | ({ type: "done" } & CellName)
  /** The cell's record was there already. */
  | ({ type: "kept" } & CellName)
  /** The cell ended in an error, a line. */
  | ({ type: "failed"; error: string } & CellName)
  /** What other processes are at, each with what it says that it does. */
  | { type: "elsewhere"; cells: (CellName & { note: string })[] }
  /** This process can only wait; `text` says for what. */
  | { type: "waiting"; text: string }
  /** What an interruption now would leave behind, in a line. */
  | { type: "leaves"; text: string }
  /** All cells are done, have failed, or were left to a cluster. */
  | { type: "ended"; tally: Tally }
  /** The report is written, into these files. */
  | { type: "reported"; files: string[] };

/** Takes what happens. */
export type Listener = (event: LabEvent) => void;

/** How many cells ended in which way. */
export interface Tally {
  /** How many cells were run now. */
  made: number;
  /** How many cells were done before. */
  kept: number;
  /** How many cells ended in an error. */
  failed: number;
}

/** A cell in words. */
export function cellWords(cell: Cell): string {
  return `${cell.protocol}, ${briefly(cell)}`;
}

/** A cell in the words that a line of a terminal has room for. */
export function briefly({ method, dataset, shots, seed }: Cell): string {
  return `${method} on ${dataset}, ${shots} shots, seed ${seed}`;
}
