/**
 * Zero-shot CLIP: features of images and of class names in one or many templates, and the logits of both.
 *
 * @module
 */
import { filled } from "../templates.ts";
import { type Clip, encodeTexts } from "../clip/mod.ts";
import { ensemble } from "../datasets/mod.ts";
import { spoken } from "../methods/context.ts";
import { ensembleFeatures, templateFeatures } from "../methods/zero_shot.ts";
import { add, dispose, matMul, read, scale, type Tensor, tidy, unitLength } from "../tensor/mod.ts";
import { type Comparison, near, skip } from "./compare.ts";
import type { DataCheck } from "./data.ts";
import { released } from "./outside.ts";
import { readImageFeatures, readInputs } from "./inputs.ts";

/** `zeroshot_rn_tiny`: the weights' name is the last part of the record's. */
export const zeroShotCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("zeroshot_"),
  async check(folder, record) {
    const file = await folder.open(record.file);
    const clip = await folder.clip(record.weights ?? record.name.replace("zeroshot_", ""));
    const inputs = await readInputs(folder, record.batchSize, record.inputs);
    const images = await readImageFeatures(folder, record, clip);
    const subject = {
      clip,
      classNames: record.classNames ?? folder.classNames,
      template: String(record.settings?.template ?? "a photo of a {}."),
      images: () => images(0, inputs(0).pixels!),
    };
    const comparisons: Comparison[] = [];
    for (const key of file.keys) {
      const features = tidy(() => featuresOf(key, subject));
      if (!features) comparisons.push(skip(key, "no feature has this name"));
      else comparisons.push(near(key, await read(features), file.readFloats(key).data, 1e-4));
      dispose(features);
    }
    return comparisons;
  },
};

/** Whose features. */
interface Subject {
  clip: Clip;
  classNames: string[];
  /** The data set's own. */
  template: string;
  /** Not of unit length. */
  images(): Tensor;
}

/** What a key holds: `text_features_imagenet80_norm`, `image_features_unnorm`, `logits_single`. Inside `tidy`. */
function featuresOf(key: string, subject: Subject): Tensor | undefined {
  const [, what, , of = "", , form] =
    key.match(/^(image_features|text_features|logits)(_(\w+?))??(_(norm|unnorm|unnorm_mean))?$/) ??
      [];
  const { clip, images } = subject;
  if (what === "image_features" && of === "") {
    return form === "norm" ? unitLength(images()) : images();
  }
  const templates = templatesOf(of, subject.template);
  if (!templates) return undefined;
  if (what === "logits") {
    const texts = textFeatures(templates, of, subject);
    return scale(matMul(unitLength(images()), texts, false, true), clip.scale);
  }
  return form === "norm" ? textFeatures(templates, of, subject) : meanFeatures(templates, subject);
}

/** The lists are averaged with the data set's own template; ProMetaR's is not. */
function templatesOf(name: string, template: string): readonly string[] | undefined {
  const lists: Record<string, readonly string[]> = {
    single: [template],
    select7plus1: [...ensemble("imagenet_7"), template],
    imagenet80: ensemble("imagenet_80"),
    prometar60: ensemble("prometar_60"),
  };
  return Object.hasOwn(lists, name) ? lists[name] : undefined;
}

/** Of unit length, as methods use them. */
function textFeatures(
  templates: readonly string[],
  name: string,
  { clip, classNames }: Subject,
): Tensor {
  return released(
    templates.length === 1
      ? templateFeatures(clip, classNames, templates[0]!)
      : ensembleFeatures(clip, classNames, templates, { raw: name === "prometar60" }),
  );
}

/** Not of unit length, averaged over templates. */
function meanFeatures(templates: readonly string[], { clip, classNames }: Subject): Tensor {
  const each = templates.map((template) =>
    encodeTexts(clip, classNames.map((name) => filled(template, spoken(name))))
  );
  return scale(each.reduce((sum, features) => add(sum, features)), 1 / each.length);
}
