/**
 * What cells learned, a file each beside their records: `prompts/<id>.safetensors`, as `save` writes it and `loadTrained`
 * reads it. It is there before the record is, so that a cell that counts as done has it.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { type PromptFile, writePrompts } from "../prompts/mod.ts";
import { explained, namesIn, places } from "./files.ts";

/** What stays of a cell beside its record. */
export type Keep = "prompts" | "none";

/** All that may stay. */
export const keeps = ["prompts", "none"] as const satisfies readonly Keep[];

/**
 * Bytes of one cell's numbers at most, 64 MiB. Prompts have a thousandth of it; what grows with the training set, such as a
 * cache of features, stays below it for ImageNet's thousand classes at sixteen shots.
 */
export const MOST_BYTES = 64 * 2 ** 20;

/**
 * Writes what a cell learned, whole or not at all.
 *
 * @param note takes a line where it is too much to keep
 * @throws {UserError} when it cannot be written
 */
export async function keepPrompts(
  path: string,
  prompts: PromptFile,
  note: (line: string) => void = () => {},
): Promise<void> {
  const bytes = Object.values(prompts.params).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes > MOST_BYTES) {
    const [size, most] = [bytes, MOST_BYTES].map((n) => (n / 2 ** 20).toFixed(0));
    return note(
      `${
        basename(path)
      } is not kept: it would have ${size} MiB, and ${most} is the most that a cell leaves.`,
    );
  }
  await explained(path, async () => {
    await Deno.mkdir(dirname(path), { recursive: true });
    await writePrompts(path, prompts);
  });
}

/** Bytes of the prompts that lie in the folder of results `out`, by the cells' identities. */
export async function keptPrompts(out: string): Promise<Map<string, number>> {
  const folder = dirname(places(out, "").prompts);
  const kept = new Map<string, number>();
  for (const name of await namesIn(folder)) {
    const [, id] = /^(\w+)\.safetensors$/.exec(name) ?? [];
    const found = id && await Deno.stat(join(folder, name)).catch(() => undefined);
    if (found && found.isFile) kept.set(id, found.size);
  }
  return kept;
}
