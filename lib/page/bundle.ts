/**
 * TypeScript of this project as one script for browsers, by esbuild: what browsers have not had for long (`using`) is written in
 * older words, and what only programs with files need is left out.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import project from "../../deno.json" with { type: "json" };
import { runChild } from "../child.ts";
import { denoPath } from "../deno_path.ts";
import { UserError } from "../errors.ts";

/** What no browser gets as far as: they are imported when they are used. */
const external = ["sharp", "@huggingface/hub", "*/native.ts", "node:*"];

const root = fileURLToPath(new URL("../..", import.meta.url));

/** esbuild takes seconds. */
const A_MINUTE = 60_000;

/**
 * The script of `entry` and all that it imports, minified.
 *
 * @param entry a file, from this module's root
 * @throws {UserError} where esbuild is not installed or finds a fault
 */
export async function bundled(entry: string): Promise<string> {
  const { code, stdout, stderr } = await runChild(denoPath(), [
    ...["run", "-q", "--allow-read", "--allow-write", "--allow-env", "--allow-run"],
    ...[project.imports.esbuild, entry, "--bundle", "--minify", "--platform=browser"],
    ...["--format=iife", "--target=es2022", "--log-override:empty-import-meta=silent"],
    ...["--log-level=error", ...external.map((what) => `--external:${what}`)],
  ], { most: A_MINUTE, cwd: root });
  if (code === 0) return stdout;
  throw new UserError(`${entry} cannot be made one script by esbuild: ${firstError(stderr)}.`);
}

function firstError(said: string): string {
  return /ERROR\]? (.*)/.exec(said)?.[1] ?? said.trim().split("\n")[0]!;
}
