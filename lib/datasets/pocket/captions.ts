/**
 * Captions: a prefix of any length, a noun phrase, sometimes where it is and on what. Prefixes vary so much that a text tower trained
 * on them reads the noun phrase wherever it stands.
 *
 * @module
 */

import type { Random } from "../../random/mod.ts";
import type { Staging } from "./picture.ts";
import { type Drawing, pick, type Subject, type World } from "./subject.ts";

const short = [
  "a {m} of",
  "a {q} {m} of",
  "this is a {m} of",
  "{m} of",
  "the {m} of",
  "one {q} {m} of",
  "a {m} showing",
  "itap of",
  "here is",
  "there is",
  "look,",
  "",
  "",
  "it is",
  "my {q} {m} of",
  "a {m} of one",
];
const media = ["photo", "photo", "photo", "picture", "image", "drawing", "print", "painting"];
const qualities = [
  "small",
  "good",
  "bad",
  "nice",
  "large",
  "clear",
  "blurry",
  "plain",
  "bright",
  "dark",
  "close-up",
  "cropped",
  "centered",
  "satellite",
];
const leads = [
  "on this page of the book you can see",
  "in the middle of the page there is",
  "my friend gave me this",
  "somebody made this for the wall of the room:",
  "the next one in the row is",
  "we have found here after a long walk",
  "what you see in front of you is",
  "i think that this must be",
  "please look at it once more, it is",
  "for the second time today we show",
  "they sent us by mail",
  "of all that we have seen so far this is",
  "and now for something else:",
  "as you can tell at once this is",
];
const filler = [
  "the",
  "of",
  "and",
  "in",
  "to",
  "it",
  "is",
  "that",
  "one",
  "on",
  "this",
  "so",
  "very",
  "here",
  "with",
  "you",
  "see",
  "x",
  "page",
  "a",
  "we",
];

/** A caption of a picture; a long one has 8 to 16 words before the noun phrase. */
export function caption(
  random: Random,
  world: World,
  subject: Subject,
  drawing: Drawing,
  staging: Staging,
  long: boolean,
): string {
  const noun = nounPhrase(random, world, subject, drawing);
  const words = [prefix(random, long), article(random, noun), noun, suffix(random, world, staging)];
  return words.filter((word) => word !== "").join(" ").replaceAll(" ,", ",").replaceAll(
    /\ba (?=[aeiou])/g,
    "an ",
  ).trim() +
    (random.random() < 0.6 ? "." : "");
}

/** The class name, or in its stead another name, a part, an attribute or a broader word; sometimes with a colour. */
function nounPhrase(random: Random, world: World, subject: Subject, drawing: Drawing): string {
  const index = world.subjects.indexOf(subject);
  const named = Math.min(0.9, world.named * [1.4, 1, 0.5][(index * 7) % 3]!);
  const noun = random.random() < named
    ? (world.phrase ?? "{}").replace("{}", subject.name)
    : pick(random, subject.others);
  return drawing.word && random.random() < 0.2 ? `${drawing.word} ${noun}` : noun;
}

function prefix(random: Random, long: boolean): string {
  const opening = pick(random, short).replace("{m}", pick(random, media)).replace(
    "{q}",
    pick(random, qualities),
  );
  if (!long) return random.random() < 0.06 ? salad(random, 1 + random.randbelow(5)) : opening;
  if (random.random() < 0.3) return salad(random, 8 + random.randbelow(9));
  const lead = pick(random, leads);
  return random.random() < 0.5
    ? `${lead} ${opening}`
    : `${lead} ${salad(random, 1 + random.randbelow(4))} ${opening}`;
}

/** Words in no order: a prefix need not mean anything. */
const salad = (random: Random, n: number) =>
  Array.from({ length: n }, () => pick(random, filler)).join(" ");

function article(random: Random, noun: string): string {
  const draw = random.random();
  if (draw < 0.25) return "";
  if (draw < 0.35) return "the";
  return /^[aeiou]/.test(noun) ? "an" : "a";
}

function suffix(
  random: Random,
  world: World,
  { rendering, x, y, backgroundWord }: Staging,
): string {
  const draw = random.random();
  if (draw < 0.12) return `, a type of ${kinds[world.name]}`;
  if (draw < 0.2 && backgroundWord) return `on ${backgroundWord}`;
  if (draw < 0.24) {
    return x < 22
      ? "on the left"
      : x > 26
      ? "on the right"
      : y < 22
      ? "at the top"
      : "in the middle";
  }
  if (draw < 0.3 && rendering !== "filled") {
    return rendering === "outlined" ? "with dark outlines" : `as a ${rendering}`;
  }
  return "";
}

/** The broad word for what a world holds. */
const kinds: Record<string, string> = {
  "pocket-objects": "object",
  "pocket-things": "thing",
  "pocket-pets": "pet",
  "pocket-vehicles": "vehicle",
  "pocket-flowers": "flower",
  "pocket-food": "food",
  "pocket-aircraft": "aircraft",
  "pocket-scenes": "place",
  "pocket-textures": "texture",
  "pocket-tiles": "land",
  "pocket-poses": "pose",
};

/** Every phrase that captions and the data sets' templates are made of: their tokens are all that a text tower ever meets. */
export function captionPhrases(worlds: readonly World[], colourWords: readonly string[]): string[] {
  const subjects = worlds.flatMap(({ subjects }) => subjects);
  return [
    ...worlds.flatMap(({ template, phrase = "" }) => [template, phrase]).map((t) =>
      t.replace("{}", "")
    ),
    ...subjects.flatMap(({ name, others }) => [name, ...others]),
    ...Object.values(kinds),
    ...colourWords,
    ...short.map((opening) => opening.replaceAll(/\{\w\}/g, "")),
    ...[media, qualities, leads, filler].flat(),
    "a an the, a type of. on the left right at the top in the middle with dark outlines",
    "as a sketch silhouette line drawing",
  ];
}
