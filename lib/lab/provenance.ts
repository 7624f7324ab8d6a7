/**
 * What made a record: versions, the state of the code, the command.
 *
 * @module
 */
import { type RunRecord, versions } from "../engine/mod.ts";

/** The part of a record that does not depend on the cell. */
export async function provenance(
  command: readonly string[],
): Promise<Pick<RunRecord, "versions" | "code" | "command">> {
  return {
    versions: versions(),
    code: await codeState(),
    command: ["deno task", ...command.map(quoted)].join(" "),
  };
}

/** Commit and dirtiness of the checkout; undefined outside one, or without git. */
async function codeState(): Promise<RunRecord["code"]> {
  const git = async (...args: string[]) => {
    const at = new URL("../../", import.meta.url);
    const { success, stdout } = await new Deno.Command("git", { args, cwd: at, stderr: "null" })
      .output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  };
  try {
    const commit = await git("rev-parse", "HEAD");
    if (!commit) return undefined;
    return { commit, dirty: await git("status", "--porcelain") !== "" };
  } catch {
    return undefined;
  }
}

function quoted(word: string): string {
  return /^[\w./=,:@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
