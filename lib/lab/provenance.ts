/**
 * What made a record: versions, the state of the code, the program.
 *
 * @module
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "../child.ts";
import { type RunRecord, versions } from "../engine/mod.ts";

/** The part of a record that depends neither on the cell nor on who asked for it. */
export async function provenance(): Promise<Pick<RunRecord, "versions" | "code">> {
  return {
    versions: versions(),
    code: await codeState(),
  };
}

/** Milliseconds for git: a checkout on a slow disk, no longer. */
const GIT = 60_000;

/** Commit and dirtiness of the checkout; undefined outside one, or without git. */
async function codeState(): Promise<RunRecord["code"]> {
  const git = async (...args: string[]) => {
    const at = new URL("../../", import.meta.url);
    const { code, stdout } = await runChild("git", args, { cwd: fileURLToPath(at), most: GIT });
    return code === 0 ? stdout.trim() : undefined;
  };
  try {
    if (!mayRun("git")) return undefined;
    const commit = await git("rev-parse", "HEAD");
    if (!commit) return undefined;
    return { commit, dirty: await git("status", "--porcelain") !== "" };
  } catch {
    return undefined;
  }
}

/** Whether a program may be started without asking anybody. */
export function mayRun(command: string): boolean {
  return Deno.permissions.querySync({ name: "run", command }).state === "granted";
}

/** The program that runs, as a command. */
export function ownCommand(): string {
  try {
    const { protocol, pathname } = new URL(Deno.mainModule);
    const file = decodeURIComponent(basename(pathname));
    return protocol === "file:" && !file.startsWith("$") ? `deno run ${file}` : "a notebook's cell";
  } catch {
    return "a program of one's own"; // --allow-read would tell which
  }
}
