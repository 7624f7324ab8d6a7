/**
 * The methods that the page offers, and how they are trained on the pocket CLIP: as the pocket recipe trains them (a test compares).
 *
 * @module
 */
import { learns, type Method, method, methods, usualMethods } from "../../core.ts";
import type { MethodCard, Slider, Told } from "./messages.ts";

/** Crops of at least so much of a picture: the pocket CLIP has seen no stronger ones. */
const crops = 0.5;

/** A context in the text alone: features of a few fixed views of each picture are computed once. */
const context = {
  settings: { contextLength: 4, init: "a picture of a" },
  training: { rate: 0.02, epochs: 20 },
  views: 8,
  crops,
};

/** Prompts in both towers. */
const deep = { training: { rate: 0.01, batchSize: 16, epochs: 8 }, crops };

/** What the pocket recipe tells a method. */
export function pocketTold({ needs }: Pick<Method, "needs">): typeof context | typeof deep {
  return needs.pixels ? deep : context;
}

/** What a method is told with what the visitor moved. */
export function toldOf({ method: name, epochs, rate, settings }: Told) {
  const usual = pocketTold(method(name));
  return {
    ...usual,
    settings: { ...("settings" in usual ? usual.settings : {}), ...settings },
    training: { ...usual.training, epochs, rate },
  };
}

/** Epochs that a method which goes through the image tower starts with: as many as a visitor waits for. The page says so. */
const AWAITED = 4;

/** The comparison's methods that learn. */
export function offered(): MethodCard[] {
  return methods.filter((one) => usualMethods.includes(one.name) && learns(one)).map((one) => {
    const { rate, epochs } = pocketTold(one).training;
    return {
      ...{ name: one.name, title: one.title, venue: one.paper.venue, learned: one.learned },
      ...{ rate, recipe: epochs, epochs: one.needs.pixels ? Math.min(epochs, AWAITED) : epochs },
      sliders: slidersOf(one),
    };
  });
}

/** The method's own numbers that lie between 0 and 1, where one of them is its strength. */
function slidersOf({ settings }: Method): Slider[] {
  return Object.entries(settings).flatMap(([key, { default: value, about, accepts }]) => {
    const isShare = key === "lambda" && accepts(0) && accepts(1) && !accepts(1.5);
    return isShare
      ? [{ key, about: about.split(";")[0]!, value: Number(value), least: 0, most: 1 }]
      : [];
  });
}
