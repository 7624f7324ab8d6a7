/**
 * `deno task certificate DIR`: writes `DIR/certificate.json`, which a reviewer holds to the folder with `--check`.
 *
 * @module
 */
import { join } from "node:path";
import { readText } from "../bounds.ts";
import { UserError } from "../errors.ts";
import { type Certificate, certify, checkCertificate } from "../parity/mod.ts";
import { writeWhole } from "../protocols/mod.ts";
import { print } from "../terminal.ts";
import { argument, choice, flag, parse } from "./options.ts";
import { run } from "./run.ts";

const options = {
  dir: argument("DIR", "a folder that deno task reproduce has written"),
  check: flag("hold the folder to its certificate instead of writing one"),
  backend: choice(["native", "wasm", "cpu"], "what replays the published code's records"),
};

const summary =
  "One JSON of everything behind a folder's numbers, under one hash: code, data, weights, environment, parity.";

/** The command. @returns the exit code: 1 when something differs, or a method is off its published code */
export async function certificate(
  args: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const { dir, check, backend } = parse("certificate", options, args, summary);
  const path = join(dir, "certificate.json");
  if (check) {
    const held = await read(path);
    const wrong = await checkCertificate(dir, held);
    for (const line of wrong) say(line);
    if (wrong.length > 0) return 1;
    say(`${held.records.length} records are as certified ${held.made}: ${held.sha256}`);
    return 0;
  }
  const made = await certify(dir, backend);
  await writeWhole(path, JSON.stringify(made, null, 1) + "\n");
  for (const [method, rows] of Object.entries(made.parity)) {
    const ok = rows.filter(({ verdict }) => verdict === "ok").length;
    say(
      rows.length === 0
        ? `${method}: no record of published code`
        : `${method}: ${ok} of ${rows.length} records of its published code are followed`,
    );
  }
  say(`Wrote ${path}: ${made.records.length} records, ${made.sha256}`);
  return Object.values(made.parity).flat().every(({ verdict }) => verdict === "ok") ? 0 : 1;
}

async function read(path: string): Promise<Certificate> {
  let parsed: Certificate | null;
  try {
    parsed = JSON.parse(await readText(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new UserError(`There is no ${path}: write it with deno task certificate DIR.`);
    }
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError(`${path} is not JSON: write it anew with deno task certificate DIR.`);
  }
  const isRecord = (r: unknown) => typeof (r as { file?: unknown } | null)?.file === "string";
  const inside = (r: { file: string }) => /^records\/\w+\.json$/.test(r.file);
  if (
    !Array.isArray(parsed?.records) || !parsed.records.every(isRecord) ||
    !parsed.records.every(inside) || typeof parsed.sha256 !== "string" ||
    typeof parsed.parity !== "object" || !Object.values(parsed.parity ?? {}).every(Array.isArray)
  ) {
    throw new UserError(`${path} is no certificate: write it with deno task certificate DIR.`);
  }
  return parsed;
}

if (import.meta.main) await run(() => certificate(Deno.args, print));
