/**
 * What the methods of a report are held to, with the addresses that its reader may follow.
 *
 * @module
 */
import { relative, resolve, sep } from "node:path";
import { evidenceOf, linesUrl } from "../methods/mod.ts";
import type { MethodEvidence } from "../report/mod.ts";

/** The page of the records, in plumbline's repository. */
const page = "test/fixtures/published/README.md";

/**
 * The evidence by the methods' short names; without those that have none.
 *
 * @param out the report's folder: where it lies in a checkout, records lead to their page there
 */
export function evidenceFor(
  methods: readonly string[],
  out: string,
): Record<string, MethodEvidence> {
  const checkout = checkoutAround(out);
  const found = [...new Set(methods)].flatMap((method): [string, MethodEvidence][] => {
    const held = evidenceOf(method);
    if (!held) return [];
    const records = held.records.map((record) => ({
      ...record,
      ...checkout && { page: `${checkout}/${page}#${record.name}` },
    }));
    return [[method, { records, code: held.code.map((at) => ({ ...at, url: linesUrl(at) })) }]];
  });
  return Object.fromEntries(found);
}

/** The relative path from a folder up to plumbline's checkout; undefined where it does not lie in one. */
function checkoutAround(folder: string): string | undefined {
  const root = new URL("../../", import.meta.url);
  if (root.protocol !== "file:") return undefined;
  const here = resolve(decodeURIComponent(root.pathname));
  const way = relative(resolve(folder), here).split(sep);
  return way.every((part) => part === "..") ? way.join("/") : undefined;
}
