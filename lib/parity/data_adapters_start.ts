/**
 * Records of where feature adapters start: class names as they are written, their text features in every template, image
 * features, and what untrained heads make of them.
 *
 * @module
 */
import { filled } from "../templates.ts";
import { tokenize } from "../clip/mod.ts";
import { clipAdapter, resolveSettings, spaceOf, taskres, zsLp } from "../methods/mod.ts";
import { streams } from "../random/mod.ts";
import {
  clone,
  concat,
  dispose,
  mean,
  numbersOf,
  type Tensor,
  tensor,
  type Tensors,
  tidy,
  transpose,
} from "../tensor/mod.ts";
import { rowOf } from "./comparer.ts";
import { type Comparison, near, same } from "./compare.ts";
import type { DataCheck } from "./data.ts";
import { readImageFeatures, readInputs } from "./inputs.ts";

const TOLERANCE = 1e-4;

export const adaptersStartCheck: DataCheck = {
  matches: ({ name }) => /^adapters_start/.test(name),
  async check(folder, record) {
    const file = await folder.open(record.file);
    const clip = await folder.clip(String(record.weights));
    const images = await readInputs(folder, undefined, record.inputs);
    const names = record.classNames ?? folder.classNames;
    const { templates = [] } = record as { templates?: string[] };
    const { data: tokens } = file.readFloats("tokens");
    const written = names.flatMap((name) =>
      [...tokenize(templates.map((template) => filled(template, name)))].flatMap((
        row,
      ) => [...row])
    );
    const found: Comparison[] = [same("tokens", written, [...tokens])];
    const compare = async (what: string, own: () => Tensor, key: string) =>
      void found.push(near(what, await numbersOf(own), rowOf(file, key), TOLERANCE));

    const featuresOf = await readImageFeatures(folder, record, clip);
    const count = file.shape("logits.ZS")[0]!;
    const features = tidy(() => {
      const batches = [];
      for (let have = 0, step = 0; have < count; have += images(step++).labels.length) {
        batches.push(featuresOf(step, images(step).pixels!));
      }
      return concat(batches, 0);
    });
    if (file.keys.includes("imageFeatures")) {
      await compare("image features", () => clone(features), "imageFeatures");
    }
    const given: Tensors = {
      "adapter.hidden": tensor(rowOf(file, "param.mlp.0.weight"), file.shape("param.mlp.0.weight")),
      "adapter.output": tensor(rowOf(file, "param.mlp.2.weight"), file.shape("param.mlp.2.weight")),
    };
    const heads = { "logits.ZS": zsLp, "logits.TR": taskres, "logits.ClipA": clipAdapter } as const;
    for (const [key, adapter] of Object.entries(heads)) {
      const space = spaceOf(clip, names, templates);
      const settings = resolveSettings(adapter as typeof zsLp, {});
      const learner = (adapter as typeof zsLp).adapter(space, settings);
      if (key === "logits.ZS") {
        const each = () => transpose(space.texts(), [1, 0, 2]);
        await compare("text features", each, "text.perTemplate");
        await compare("their mean", () => mean(each(), [1]), "text.base");
      }
      const logits = () => {
        const drawn = learner.init(streams(0));
        const params = {
          ...learner.gather?.(drawn, []) ?? drawn,
          ...key === "logits.ClipA" && given,
        };
        return learner.logits(params, learner.prepare(params), { labels: [], features });
      };
      await compare(`untrained logits of ${adapter.title}`, logits, key);
      learner.dispose();
    }
    dispose([features, given]);
    return found;
  },
};
