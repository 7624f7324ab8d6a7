/// <reference lib="dom" />
/**
 * A visit: what was chosen, what is being trained, and what was trained so far.
 *
 * @module
 */
import inks from "../../data/method_inks.json" with { type: "json" };
import { type Controls, controls } from "./controls.ts";
import { byId, element } from "./dom.ts";
import { figures } from "./figures.ts";
import { gallery } from "./gallery.ts";
import { connect } from "./link.ts";
import type { Choice, MethodCard, Part, Reply, Seen, Shown, Told } from "./messages.ts";
import { ownPictures } from "./own.ts";
import { type Run, table } from "./results.ts";

/** Starts it. */
export function visit(): void {
  let form: Controls | undefined;
  let cards: MethodCard[] = [];
  let choice: Choice | undefined;
  let shown: Shown[] = [];
  let begun = 0;
  let runs: Run[] = [];
  let kept: { name: string; file: Uint8Array } | undefined;
  const drawings = figures();
  const link = connect(hear, "wasm");

  function say(what: string): void {
    byId("status").textContent = what;
  }

  /** Against the last training of the first method, which has no remedy of its own; against zero-shot CLIP where there is none. */
  function showRuns(): void {
    const plain = runs.findLastIndex(({ method, open }) => method === cards[0]!.name && !open);
    const against = Math.max(0, plain);
    byId("results").replaceChildren(table(runs, against));
    byId("against").textContent = plain < 0 ? "zero-shot CLIP" : `the last ${runs[plain]!.title}`;
  }

  function showPictures(seen: Seen, by: string): void {
    byId("pictures").replaceChildren(...gallery(shown, seen, by));
  }

  function choose(next: Choice): void {
    choice = next;
    say("Drawing the pictures and asking zero-shot CLIP …");
    form?.busy(true);
    link.ask({ kind: "choose", choice, ...form!.selection() });
  }

  function begin(): void {
    const told = form!.told();
    const { title } = cards.find(({ name }) => name === told.method)!;
    const color = colorOf(told.method);
    const { method } = told;
    runs.push({ method, title, told: inWords(told), color, parts: runs[0]!.parts, open: true });
    drawings.begin(color, runs[0]!.parts);
    byId("live").hidden = false;
    form!.busy(true);
    say(`Training ${title} …`);
    begun = performance.now();
    link.ask({ kind: "train", told });
    showRuns();
  }

  function stop(): void {
    runs = runs.filter(({ open }) => !open);
    showRuns();
    say("Stopped.");
    link.restart();
  }

  /** By the steps so far and what was measured between them. */
  function timeLeft(done: number, of: number): string {
    const left = (performance.now() - begun) / 1000 / done * (of - done);
    return done < 3 || left < 1 ? "" : `, about ${Math.ceil(left)} s left`;
  }

  function end(parts: Part[], seen: Seen): void {
    const run = runs.at(-1)!;
    runs[runs.length - 1] = { ...run, parts, open: false };
    showRuns();
    showPictures(seen, run.title);
    form!.busy(false);
  }

  function opened({ device, sets, methods }: Reply & { kind: "opened" }): void {
    byId("device").textContent = device;
    if (form === undefined) {
      cards = methods;
      form = controls(methods);
      byId("set").append(
        ...sets.map(({ name, title, plays, classes }) =>
          element(
            "option",
            { value: name, selected: plays === "EuroSAT" },
            `${title} (${classes} classes)`,
          )
        ),
      );
    }
    choose(choice ?? { set: byId<HTMLSelectElement>("set").value });
  }

  function hear(reply: Reply): void {
    if (reply.kind === "opened") opened(reply);
    else if (reply.kind === "chosen") {
      shown = reply.shown;
      runs = [{
        title: "Zero-shot CLIP",
        told: reply.template,
        color: colorOf("zeroshot"),
        parts: reply.parts,
      }];
      showRuns();
      showPictures(reply.seen, "zero-shot CLIP");
      form!.busy(false);
      say(`${reply.title}: ready to train.`);
    } else if (reply.kind === "step") {
      const { at, of, loss } = reply.step;
      byId<HTMLProgressElement>("progress").value = (at + 1) / of;
      byId("progress-text").textContent = `step ${at + 1} of ${of}, loss ${loss.toFixed(3)}` +
        timeLeft(at + 1, of);
      drawings.step(reply.step);
    } else if (reply.kind === "measured") {
      drawings.measured(reply.parts, reply.at);
      runs[runs.length - 1] = { ...runs.at(-1)!, parts: reply.parts };
      showRuns();
    } else if (reply.kind === "trained") trained(reply);
    else if (reply.kind === "loaded") {
      const { title, parts, seen, method } = reply;
      runs.push({ method, title, told: "from a file", color: colorOf(method), parts });
      end(parts, seen);
      say(`${title} from a file: ${inShort(parts)}.`);
    } else {
      runs = runs.filter(({ open }) => !open);
      if (runs.length > 0) showRuns();
      form?.busy(false);
      say(reply.message);
    }
  }

  function trained({ parts, seen, seconds, file }: Reply & { kind: "trained" }): void {
    drawings.measured(parts);
    const { title } = runs.at(-1)!;
    end(parts, seen);
    kept = { name: `${title.toLowerCase()}.safetensors`, file };
    byId<HTMLButtonElement>("save").disabled = false;
    say(`${title} is trained (${seconds.toFixed(1)} s): ${inShort(parts)}.`);
  }

  byId("set").addEventListener(
    "change",
    ({ target }) => choose({ set: (target as HTMLSelectElement).value }),
  );
  for (const id of ["shots", "seed"]) {
    byId(id).addEventListener("change", () => choice && choose(choice));
  }
  byId("train").addEventListener("click", begin);
  byId("stop").addEventListener("click", stop);
  byId("save").addEventListener("click", () => kept && download(kept));
  byId("load").addEventListener("change", async ({ target }) => {
    const [file] = (target as HTMLInputElement).files ?? [];
    if (!file) return;
    form!.busy(true);
    link.ask({ kind: "load", name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  });
  ownPictures((classes) => choose({ classes }), say);
}

function colorOf(method: string): string {
  const key = method.replaceAll("-", "");
  return (inks as Record<string, { color: string }>)[key]?.color ?? "currentColor";
}

function inWords({ epochs, rate, shots, settings }: Told): string {
  const own = Object.entries(settings).map(([key, value]) =>
    `${key === "lambda" ? "λ" : key} ${value}`
  );
  return [...own, `${shots} shots`, `${epochs} epochs`, `rate ${rate}`].join(", ");
}

function inShort(parts: readonly Part[]): string {
  return parts.map(({ label, accuracy }) => `${label} ${accuracy.toFixed(1)} %`).join(", ");
}

/** Hands a file to the visitor: nothing is sent. */
function download({ name, file }: { name: string; file: Uint8Array }): void {
  const address = URL.createObjectURL(new Blob([file as BlobPart]));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
