/** A report as wide as a full run's, of made-up numbers. */
import type { RunRecord } from "../../lib/engine/record.ts";
import { report } from "../../lib/report/mod.ts";
import { record, result, titles } from "./records.ts";

const methods = ["zero-shot", "coop", "cocoop", "ivlp", "prograd", "prometar"];
const sets = ["objects", "things", "pets", "vehicles", "flowers", "food", "aircraft", "scenes"]
  .map((name) => `pocket-${name}`);
const clip = { name: "pocket", sha256: "0".repeat(64), description: "a made-up CLIP" };

/** As wide as a full run's: all methods, many sets, five seeds, and three where these are drawn as points. Made up. */
function records(): RunRecord[] {
  const of = (base: number, m: number, s: number, seed: number) =>
    base + 2 * m + ((s * 7 + seed * 3 + m) % 5);
  const seeds = (method: string, n: number) =>
    method === "zero-shot" ? [1] : Array.from({ length: n }, (_, i) => i + 1);
  const told = { clip, preset: { name: "pocket" } } as unknown as Partial<RunRecord>;
  return methods.flatMap((method, m) => [
    ...sets.slice(0, 4).flatMap((dataset, s) =>
      seeds(method, 5).map((seed) =>
        record({ method, dataset, seed }, [
          result(dataset, "base", of(60, m, s, seed)),
          result(dataset, "new", of(64, -m, s, seed)),
        ], told)
      )
    ),
    ...(m % 2 === 0 ? sets.slice(0, 4) : []).flatMap((dataset, s) =>
      seeds(method, 3).flatMap((seed) =>
        (method === "zero-shot" ? [0] : [1, 16]).map((shots) =>
          record({ protocol: "few-shot", method, dataset, shots, seed }, [
            result(dataset, "all", of(50 + Math.sqrt(shots), m, s, seed)),
          ], told)
        )
      )
    ),
    ...seeds(method, 5).map((seed) =>
      record(
        { protocol: "cross-dataset", method, dataset: sets[0]!, seed },
        sets.map((dataset, s) => result(dataset, "all", of(45, m, s, seed))),
        told,
      )
    ),
  ]);
}

/** Its page. */
export const { html } = report(records(), {
  headline: "Made-up numbers: a report as wide as a full run's, for a browser to look at",
  command: "deno task reproduce --full --out out/a-folder-with-a-rather-long-name-for-a-page",
  titles: {
    ...titles,
    ...{ cocoop: "CoCoOp", ivlp: "IVLP" },
    ...Object.fromEntries(sets.map((name) => [name, `Pocket ${name.slice(7)}`])),
  },
  missing: ["12 images of Pocket food are not in the folder."],
});
