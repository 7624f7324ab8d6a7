/**
 * PromptSRC's teacher, the weights of its epochs, and its average over them.
 *
 * @module
 */
import { filled } from "../templates.ts";
import { encodeTexts, type TensorFile, tokenize } from "../clip/mod.ts";
import { ensemble } from "../datasets/mod.ts";
import { spoken } from "../methods/context.ts";
import type { State } from "../methods/mod.ts";
import { epochWeights } from "../methods/promptsrc.ts";
import { ensembleFeatures } from "../methods/zero_shot.ts";
import { numbersOf, read, tensor, unitLength } from "../tensor/mod.ts";
import { type Comparison, near, same, skip } from "./compare.ts";
import type { DataCheck } from "./data.ts";
import { parameterName } from "./names.ts";
import { released } from "./outside.ts";

/** `promptsrc_teacher`: 60 templates, their features, and the mean of those. */
export const teacherCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("promptsrc_teacher"),
  async check(folder, record) {
    const file = await folder.open(record.file);
    const clip = await folder.clip(record.weights ?? "vit_tiny");
    const names = record.classNames ?? folder.classNames;
    const templates = ensemble("prometar_60");
    const prompts = templates.map((t) => names.map((name) => filled(t, spoken(name))));
    const own = (raw: boolean) =>
      numbersOf(() => released(ensembleFeatures(clip, names, templates, { raw })));
    const unit = ({ shape, data }: { shape: number[]; data: Float32Array }) =>
      numbersOf(() => unitLength(tensor(data, shape)));
    const features: Float32Array[] = [];
    for (const texts of prompts) features.push(await numbersOf(() => encodeTexts(clip, texts)));
    const recorded = (key: string) => file.readFloats(key);
    return [
      same("tokens", prompts.flatMap((p) => tokenize(p).map((row) => [...row])).flat(), [
        ...recorded("tokens").data,
      ]),
      ...features.map((own, i) => {
        const { data } = recorded("perTemplateFeaturesUnnormalised");
        const each = data.subarray(i * own.length, (i + 1) * own.length);
        return near(`features of "${templates[i]}"`, own, each, 1e-4);
      }),
      near("the teacher", await own(true), recorded("teacherTextFeatures").data, 1e-4),
      near(
        "the mean, at unit length",
        await own(true),
        await unit(recorded("meanUnnormalised")),
        1e-4,
      ),
      near("the usual mean", await own(false), recorded("meanOfNormalised_NOT_used").data, 1e-4),
    ];
  },
};

/** `promptsrc_weights`: the Gaussian weights of the shipped configurations. */
export const epochWeightsCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("promptsrc_weights"),
  async check(folder, record) {
    const { gaussianWeights } = await folder.readJson<{ gaussianWeights: RecordedWeights[] }>(
      record.file,
    );
    return gaussianWeights.map(({ epochs, mean, std, use, weights }) =>
      near(`weights of ${use}`, epochWeights(epochs, mean, std), weights, 1e-6)
    );
  },
};

interface RecordedWeights {
  epochs: number;
  mean: number;
  std: number;
  use: string;
  weights: number[];
}

/** What a trajectory records of its epochs. */
export const epochKey = /^(epochEnd|averaged|averagedPartial)\.|^f64\.averagingWeights$/;

/** The prompts at the end of an epoch, what is added up of them, and in the end their average. */
export async function epochComparisons(
  file: TensorFile,
  { params, extra }: State,
  epoch: number,
  epochs: number,
  tolerance: number,
): Promise<Comparison[]> {
  const found = file.keys.filter((key) => epochKey.test(key)).map(async (key) => {
    const [, what, name] = key.match(/^(\w+)\.(.+)$/)!;
    if (what === "f64") return [];
    if (what === "averaged" && epoch < epochs - 1) return [];
    const own = (what === "epochEnd" ? params : extra ?? {})[parameterName(name!)];
    const { shape, data } = file.readFloats(key);
    const rows = what === "averaged" ? 1 : shape[0];
    if (!own) return [skip(key, "nothing of this name is averaged")];
    const size = data.length / rows!;
    const row = what === "averaged" ? 0 : epoch;
    const recorded = data.subarray(row * size, (row + 1) * size);
    return [near(`${key} after epoch ${epoch + 1}`, await read(own), recorded, tolerance)];
  });
  return (await Promise.all(found)).flat();
}
