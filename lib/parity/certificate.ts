/**
 * A certificate of a folder of results: one JSON that says of every record its file's hash, the code, data, weights and
 * command behind it and what came out, and of every method how far it is from its published code's records. Its own hash
 * covers all of it, so that a reviewer who has the number can tell whether anything was changed since.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import project from "../../deno.json" with { type: "json" };
import { readWhole } from "../bounds.ts";
import type { RunRecord } from "../engine/mod.ts";
import { UserError } from "../errors.ts";
import { evidenceOf, linesUrl, type PublishedLines } from "../methods/mod.ts";
import { readRecord, recordIds } from "../protocols/mod.ts";
import { readFolder } from "./manifest.ts";
import { evidence, verifyFolder } from "./verify.ts";

/** What is said of one record. */
export interface CertifiedRecord extends
  Pick<
    RunRecord,
    | "cell"
    | "preset"
    | "overrides"
    | "deviations"
    | "clip"
    | "data"
    | "backend"
    | "versions"
    | "code"
    | "command"
  > {
  /** The record's file in the folder. */
  file: string;
  /** SHA-256 of the record's file. */
  sha256: string;
  /** Hash of the code that decides the method's numbers. */
  methodCode?: string | undefined;
  /** Accuracy in percent and the hash of the predictions, for each set of test images. */
  results: { dataset: string; classes: string; accuracy: number; predictions: string }[];
}

/** How far a method is from one record of its published code. */
export interface CertifiedParity {
  /** The parity record. */
  record: string;
  /** SHA-256 of its file. */
  sha256: string;
  /** The published code. */
  source?: { repository: string; commit: string; files: string } | undefined;
  /** `ok`, `out`, `failed`. */
  verdict: string;
  /** What came closest to its tolerance. */
  worst?: { what: string; error: number; tolerance: number };
}

/** A certificate, but for its hash. */
export interface Certified {
  /** The version of this form. */
  schema: 1;
  /** The release that made it. */
  release: string;
  /** When it was made, as ISO 8601 has it. */
  made: string;
  /** What computed the parity verdicts. */
  backend: string;
  /** Every record of the folder, by file. */
  records: CertifiedRecord[];
  /** For each method of the records; a list without entries where no record of its published code is here. */
  parity: Record<string, CertifiedParity[]>;
  /** For each method of the records, the published lines that it follows; absent in certificates of before. */
  published?: Record<string, (PublishedLines & { url: string })[]>;
}

/** A certificate. */
export type Certificate = Certified & { sha256: string };

/**
 * Reads a folder's records and replays the published code's records of their methods.
 *
 * @param backend what computes the replays
 * @throws {UserError} when the folder has no record, or one that is damaged
 * @category Reproduce
 */
export async function certify(out: string, backend?: string): Promise<Certificate> {
  const records: CertifiedRecord[] = [];
  for (const id of await recordIds(out)) records.push(await certified(out, id));
  if (records.length === 0) {
    throw new UserError(
      `${out} has no records: name a folder that deno task reproduce has written.`,
    );
  }
  const methods = [...new Set(records.map(({ cell }) => cell.method))].sort();
  const parity: Certified["parity"] = {};
  let used = "";
  for (const method of methods) {
    const held = await parityRecords(method);
    const only = held.map(({ name }) => name);
    const rows = only.length === 0 ? [] : await verifyFolder(undefined, { backend, only });
    used = rows[0]?.backend ?? used;
    parity[method] = held.map(({ name, sha256, source }) => {
      const { verdict, worst } = rows.find(({ record }) => record === name)!;
      return { record: name, sha256, source, verdict, ...worst && { worst } };
    });
  }
  const made = new Date().toISOString();
  const whole: Certified = {
    ...{ schema: 1, release: project.version, made, backend: used, records, parity },
    published: Object.fromEntries(methods.map((method) => [
      method,
      (evidenceOf(method)?.code ?? []).map((at) => ({ ...at, url: linesUrl(at) })),
    ])),
  };
  return { ...whole, sha256: hash(JSON.stringify(whole)) };
}

/**
 * Holds a certificate to a folder.
 *
 * @returns what differs, a line each; none where everything is as certified
 * @category Reproduce
 */
export async function checkCertificate(out: string, certificate: Certificate): Promise<string[]> {
  const { sha256, ...whole } = certificate;
  if (hash(JSON.stringify(whole)) !== sha256) {
    return ["the certificate was changed: its hash is another"];
  }
  const found: string[] = [];
  const known = new Set(whole.records.map(({ file }) => file));
  for (const record of whole.records) {
    const now = await sha256Of(join(out, record.file)).catch(() => undefined);
    if (now === undefined) found.push(`${record.file} is not there`);
    else if (now !== record.sha256) found.push(`${record.file} was changed`);
  }
  for (const id of await recordIds(out)) {
    const file = `records/${id}.json`;
    if (!known.has(file)) found.push(`${file} is not in the certificate`);
  }
  for (const [method, held] of Object.entries(whole.parity)) {
    const here = new Map((await parityRecords(method)).map(({ name, sha256 }) => [name, sha256]));
    for (const { record, sha256, verdict } of held) {
      if (here.get(record) !== sha256) {
        found.push(`the published code's record ${record} is another`);
      }
      if (verdict !== "ok") found.push(`${method} was ${verdict} against ${record}`);
    }
  }
  return found;
}

async function certified(out: string, id: string): Promise<CertifiedRecord> {
  const file = `records/${id}.json`;
  const record = await readRecord(out, id);
  if (!record) {
    throw new UserError(
      `${join(out, file)} is damaged: run the cell again, or take the file away.`,
    );
  }
  const { cell, preset, overrides, deviations, clip, data, backend, versions, code, command } =
    record;
  return {
    ...{ file, sha256: await sha256Of(join(out, file)) },
    ...{ cell, preset, overrides, deviations, clip, data, backend, versions, code, command },
    methodCode: record.method?.code?.hash,
    results: record.results.map(({ dataset, classes, metrics: { accuracy }, predictions }) => ({
      ...{ dataset, classes, accuracy, predictions },
    })),
  };
}

/** The published code's records of a method, with their files' hashes. */
async function parityRecords(method: string) {
  const found = [];
  const names = new Set(evidenceOf(method)?.records.map(({ name }) => name));
  for (const path of evidence()) {
    const folder = await readFolder(path);
    for (const { name, file, source } of folder.records) {
      if (!names.has(name)) continue;
      found.push({ name, source, sha256: await sha256Of(folder.find(file)) });
    }
    folder.dispose();
  }
  return found;
}

async function sha256Of(path: string): Promise<string> {
  return hash(await readWhole(path));
}

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
