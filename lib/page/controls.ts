/// <reference lib="dom" />
/**
 * What can be moved before a training: the method, its settings, how long and how fast.
 *
 * @module
 */
import { byId, element } from "./dom.ts";
import type { MethodCard, Told } from "./messages.ts";

/** The form. */
export interface Controls {
  /** What it says now. */
  told(): Told;
  /** Training pictures of each class, and the seed. */
  selection(): { shots: number; seed: number };
  /** Greys it out while something runs. */
  busy(is: boolean): void;
}

/** A slider by its id, and how its value is written beside it. */
interface Range {
  input: HTMLInputElement;
  show(): void;
}

/** Fills the form with the methods; the second is chosen, as it has two gradients to look at. */
export function controls(cards: readonly MethodCard[]): Controls {
  const form = byId<HTMLFormElement>("controls");
  const own = byId("sliders");
  const [epochs, rate] = [
    range("epochs"),
    range("rate", (exponent) => (10 ** exponent).toPrecision(2)),
  ];
  const sliders = new Map<string, Range>();
  const show = (card: MethodCard) => {
    byId("about-method").textContent = `${card.venue}. Learned: ${card.learned}.${
      card.epochs < card.recipe ? shortened(card) : ""
    }`;
    set(epochs, card.epochs);
    set(rate, Math.log10(card.rate));
    sliders.clear();
    own.replaceChildren(...card.sliders.map(({ key, about, value, least, most }) => {
      const id = `setting-${key}`;
      const input = element("input", {
        id,
        type: "range",
        min: least,
        max: most,
        step: 0.05,
        value,
      });
      const output = element("output", { for: id });
      const show = () => output.textContent = Number(input.value).toFixed(2);
      input.addEventListener("input", show);
      show();
      sliders.set(key, { input, show });
      return element(
        "div",
        { class: "field" },
        element("label", { for: id }, about),
        input,
        output,
      );
    }));
  };
  const radios = cards.map((card, i) => {
    const input = element("input", {
      ...{ type: "radio", name: "method", value: card.name, checked: i === 1 },
      change: () => show(card),
    });
    return element("label", { class: "choice" }, input, element("span", {}, card.title));
  });
  byId("methods").append(...radios);
  show(cards[1]!);
  const number = (id: string) => Number(byId<HTMLInputElement>(id).value);
  const selection = () => ({
    shots: number("shots"),
    seed: Math.max(0, Math.floor(number("seed"))),
  });
  return {
    selection,
    told: () => ({
      ...selection(),
      method: new FormData(form).get("method") as string,
      epochs: Number(epochs.input.value),
      rate: Number((10 ** Number(rate.input.value)).toPrecision(2)),
      settings: Object.fromEntries(
        [...sliders].map(([key, { input }]) => [key, Number(input.value)]),
      ),
    }),
    busy(is) {
      for (const field of document.querySelectorAll("fieldset")) field.disabled = is;
      byId<HTMLButtonElement>("train").disabled = is;
      byId<HTMLButtonElement>("stop").disabled = !is;
    },
  };
}

function shortened({ epochs, recipe }: MethodCard): string {
  return ` Every step goes through the image tower, which takes its time: ${epochs} epochs here, ${recipe} in the recipe.`;
}

function range(id: string, text: (value: number) => string = String): Range {
  const input = byId<HTMLInputElement>(id);
  const show = () => byId(`${id}-value`).textContent = text(Number(input.value));
  input.addEventListener("input", show);
  return { input, show };
}

function set({ input, show }: Range, value: number): void {
  input.value = String(value);
  show();
}
