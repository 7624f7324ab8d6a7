/**
 * What a notebook that trains works on: the pocket CLIP and its drawn pictures, which are always there, or CLIP's
 * ViT-B/16 and photographs.
 *
 * @module
 */
import { type Clip, disposeClip, loadClip } from "../clip/mod.ts";
import { dataset, type LoadedDataset } from "../datasets/mod.ts";
import { UserError } from "../errors.ts";
import { checkOptions, listOf, words } from "../options_given.ts";

/** A CLIP, and data sets in the order in which they were asked for. */
export interface NotebookGround {
  /** The CLIP: `disposeClip` frees it. */
  clip: Clip;
  /** All images of each set. */
  sets: LoadedDataset[];
}

/** Short names of data sets for each preset: `{ pocket: ["pocket-tiles"], paper: ["eurosat"] }`. */
export interface GroundNames {
  /** Of the pocket suite; drawn where they are missing. */
  pocket: readonly string[];
  /** Of photographs, in `datasets/` beside the notebooks' folder. */
  paper: readonly string[];
}

/**
 * The ground of a preset; any but `paper` is the pocket suite's. Paths are those of a notebook in `notebooks/`.
 *
 * @throws {UserError} when weights or data are absent, with all the commands that fetch them
 *
 * @example
 * ```ts
 * import { ground } from "@plumbline/plumbline/notebook";
 * import assert from "node:assert/strict";
 * await assert.rejects(
 *   ground("paper", { pocket: ["pocket-tiles"], paper: ["eurosat"] }),
 *   /deno task data eurosat --root datasets/,
 * );
 * ```
 */
export async function ground(preset: string, names: GroundNames): Promise<NotebookGround> {
  const kinds = { pocket: listOf(words), paper: listOf(words) };
  checkOptions("ground", names, kinds, { needed: Object.keys(kinds) });
  if (preset !== "paper") {
    const clip = await loadClip("pocket");
    return { clip, sets: await loadAll(names.pocket, "../out/notebooks") };
  }
  const absent: string[] = [];
  const missing: string[] = [];
  const sets: LoadedDataset[] = [];
  for (const name of names.paper) {
    const set = await found(() => dataset(name).load("../datasets"));
    if (set) sets.push(set);
    else absent.push(name);
  }
  const clip = await found(() => loadClip("ViT-B/16"));
  if (!clip) missing.push("deno task weights ViT-B/16");
  if (absent.length > 0) missing.push(`deno task data ${absent.join(" ")} --root datasets`);
  if (clip && missing.length === 0) return { clip, sets };
  if (clip) disposeClip(clip);
  throw new UserError(
    `the papers' own experiment needs what is not there yet: fetch it by ${missing.join(" and ")}`,
  );
}

async function loadAll(names: readonly string[], root: string): Promise<LoadedDataset[]> {
  const sets: LoadedDataset[] = [];
  for (const name of names) sets.push(await dataset(name).load(root));
  return sets;
}

/** undefined for what is not there; other faults are told as they are. */
async function found<T>(load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof UserError && /^there is no |not in the cache/.test(error.message)) return;
    throw error;
  }
}
