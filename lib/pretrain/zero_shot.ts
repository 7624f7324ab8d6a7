/**
 * What a CLIP in training knows of data sets it was never shown: zero-shot accuracy on their validation images.
 *
 * @module
 */
import { type Clip, encodeTexts } from "../clip/mod.ts";
import type { LoadedDataset } from "../datasets/mod.ts";
import { openImages } from "../engine/mod.ts";
import { filled } from "../templates.ts";
import { matMul, read, tidy, unitLength, wrap } from "../tensor/mod.ts";

/** Percent of each data set's validation images that the CLIP, given its template, puts into the right class. */
export async function zeroShotAccuracy(
  clip: Clip,
  datasets: readonly LoadedDataset[],
): Promise<Record<string, number>> {
  using images = openImages(clip, { workers: 0 });
  const accuracy: Record<string, number> = {};
  for (const { name, val, classNames, template } of datasets) {
    const features = await images.features(val.map(({ path }) => ({ path })));
    const scores = tidy(() => {
      const prompts = classNames.map((c) => filled(template, c.replaceAll("_", " ")));
      const texts = unitLength(encodeTexts(clip, prompts));
      const rows = wrap(features, [val.length, clip.config.embedDim]);
      return matMul(rows, texts, false, true);
    });
    const values = await read(scores);
    scores.dispose();
    const right = val.filter(({ label }, i) => {
      const row = values.subarray(i * classNames.length, (i + 1) * classNames.length);
      return row.indexOf(row.reduce((a, b) => Math.max(a, b))) === label;
    });
    accuracy[name] = 100 * right.length / val.length;
  }
  return accuracy;
}
