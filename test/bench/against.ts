/**
 * Steps of the published code beside ours, alternately, so that whatever else the machine does meets both: the ratios of
 * steps that follow each other are what can be compared, seconds of one side alone are not.
 */

import { denoPath } from "../../lib/deno_path.ts";
import { expectedShapes } from "../../lib/clip/shapes.ts";
import { publishedConfig } from "../../lib/clip/published.ts";
import { method, resolveSettings } from "../../lib/methods/mod.ts";
import { today } from "./today.ts";
import { labelsOf, named } from "./training.ts";

/** The cases that the published code has, too. */
export const compared = [
  "coop/RN50/32x100/exact",
  "prograd/RN50/32x100/exact",
  "ivlp/ViT-B-16/4x51/exact",
  "prometar/ViT-B-16/4x20/exact",
  "prometar/ViT-B-16/4x51/exact",
] as const;

/** Who takes a step, and in which precision; PyTorch's bf16 is its autocast. */
export const runners = [
  "published fp32",
  "published bf16",
  "ours fp32",
  "ours bf16",
] as const;
export type Runner = typeof runners[number];

/** What came of one case. */
export interface Compared {
  name: string;
  /** Seconds of each runner's steps: those of one place were taken one after the other. */
  seconds: Partial<Record<Runner, number[]>>;
  /** Bytes that were resident at most. */
  peakBytes: Partial<Record<Runner, number>>;
  /** Why a runner took no steps. */
  failed: Partial<Record<Runner, string>>;
  /** Whether each side had the memory to itself. */
  apart?: boolean;
}

/** A run of all of them. */
export interface Against {
  /** The day. */
  measured: string;
  machine: string;
  versions: string;
  results: Compared[];
}

/** The published side's release of PyTorch: `PyTorch 2.4.1`. */
export function releaseOf({ versions }: Pick<Against, "versions">): string {
  return versions.split(";")[0]!;
}

/** What a step answers. */
export interface Answer {
  seconds?: number;
  peakBytes?: number;
  failed?: string;
  torch?: string;
}

/** Takes a step of each runner; the two precisions of ours are processes of their own, so that each peak is its own. */
export type Sides = Partial<Record<Runner, () => Promise<Answer>>>;

/** A process that takes a step when it is told to. */
export interface Stepper {
  ask(what: unknown): Promise<Answer>;
  end(): Promise<void>;
}

/** Both sides of a case, warmed up one by one as its rounds begin. */
export interface Comparison {
  /** How many of the first rounds only warm up: none of sides apart, which are warmed up for each step. */
  warmUps: number;
  /** One step of each, in an order that moves on by one from round to round. */
  round(): Promise<void>;
  result(): Compared;
  /** The published side's PyTorch. */
  torch: string;
  end(): Promise<void>;
}

/**
 * Builds a case on both sides.
 *
 * @param repositories the folder with the published code (see truth/README.md)
 * @param inHalf whether steps are taken in bfloat16, too
 * @param apart whether sides take steps with the memory to themselves: ours is built anew for each, theirs, which takes minutes
 *   to build, gives back what it freed
 */
export async function comparison(
  name: string,
  { repositories, backend, inHalf, apart }: {
    repositories: string;
    backend: string;
    inHalf: boolean;
    apart: boolean;
  },
): Promise<Comparison> {
  const side = stepper("python3", [
    script("../../truth/steps.py"),
    "--repositories",
    repositories,
  ]);
  const built = await side.ask(published(name));
  if (built.failed) throw new Error(`the published ${name} cannot be built: ${built.failed}`);
  const theirs = apart ? resting(side) : side;
  const own = async (precision: string) => {
    const build = async () => {
      const side = stepper(denoPath(), [
        ...["run", "-P=bench", script("./on_request.ts")],
        ...[name, backend, precision],
      ]);
      await side.ask({});
      return side;
    };
    return apart ? fleeting(build) : await build();
  };
  const full = await own("fp32");
  const half = inHalf ? await own("bf16") : undefined;
  const rounds = alternating(
    name,
    {
      "published fp32": () => theirs.ask({ autocast: false }),
      "ours fp32": () => full.ask({}),
      ...half && {
        "published bf16": () => theirs.ask({ autocast: true }),
        "ours bf16": () => half.ask({}),
      },
    },
    apart ? 0 : 1,
  );
  return {
    ...rounds,
    result: () => ({ ...rounds.result(), ...apart && { apart } }),
    torch: built.torch!,
    async end() {
      await Promise.all([theirs, full, half].map((side) => side?.end()));
    },
  };
}

/** A side that is warmed up for each step, and has no more memory than it needs before and after. */
export function resting(side: Stepper): Stepper {
  return {
    async ask(what) {
      const answer = await twice(side, what);
      await side.ask({ rest: true });
      return answer;
    },
    end: () => side.end(),
  };
}

/** A side that is built anew for each step, warmed up by one and gone after it. */
export function fleeting(build: () => Promise<Stepper>): Stepper {
  return {
    async ask(what) {
      const side = await build();
      try {
        return await twice(side, what);
      } finally {
        await side.end();
      }
    },
    end: () => Promise.resolve(),
  };
}

/** The second of two steps. */
async function twice(side: Stepper, what: unknown): Promise<Answer> {
  const first = await side.ask(what);
  return first.failed === undefined ? await side.ask(what) : first;
}

/**
 * Rounds of a step of each.
 *
 * @param warmUps how many rounds are not counted
 */
export function alternating(
  name: string,
  sides: Sides,
  warmUps = 1,
): Omit<Comparison, "torch" | "end"> {
  const found: Compared = { name, seconds: {}, peakBytes: {}, failed: {} };
  let rounds = 0;
  const step = async (runner: Runner) => {
    const take = sides[runner];
    if (!take || found.failed[runner] !== undefined) return;
    const answer = await take();
    if (answer.failed !== undefined) {
      found.failed[runner] = answer.failed;
      delete found.seconds[runner];
      return;
    }
    const peak = Math.max(found.peakBytes[runner] ?? 0, answer.peakBytes!);
    found.peakBytes[runner] = peak;
    if (rounds >= warmUps) (found.seconds[runner] ??= []).push(answer.seconds!);
  };
  return {
    warmUps,
    async round() {
      const first = rounds % runners.length;
      for (const runner of [...runners.slice(first), ...runners.slice(0, first)]) {
        await step(runner);
      }
      rounds++;
    },
    result: () => found,
  };
}

/** Where it all ran. CPUs that call themselves the same may or may not have fast bfloat16. */
export function place(device: string, torch: string, inHalf: boolean): Omit<Against, "results"> {
  const { measured, machine } = today();
  return {
    measured,
    machine: inHalf ? machine : machine.replace(",", " without fast bfloat16,"),
    versions: `PyTorch ${torch}; ${device}, Deno ${Deno.version.deno}`,
  };
}

/** What the published side builds for a case: the same sizes, class names and settings. */
export function published(name: string): Record<string, unknown> {
  const [by, clip, shape] = name.split("/") as [string, string, string];
  const [batch, classes] = shape.split("x").map(Number) as [number, number];
  const backbone = clip === "RN50" ? clip : "ViT-B/16";
  const config = publishedConfig(backbone);
  return {
    ...{ method: by, backbone, imageSize: config.imageSize, batch },
    ...{ classes: named(classes), labels: labelsOf(batch, classes) },
    shapes: Object.fromEntries(expectedShapes(config)),
    settings: settingsOf(by),
    threads: navigator.hardwareConcurrency,
  };
}

/** A method's default settings by the names that records have for them. */
function settingsOf(name: string): Record<string, unknown> {
  const ours: Record<string, unknown> = { ...resolveSettings(method(name), {}) };
  return {
    ...ours,
    nCtx: ours.contextLength ?? ours.textTokens,
    csc: ours.classSpecific,
    nCtxText: ours.textTokens,
    nCtxVision: ours.imageTokens,
    promptDepthText: ours.textDepth,
    promptDepthVision: ours.imageDepth,
    adaptLr: ours.innerRate,
    template: "a photo of a {}.",
  };
}

/** A process that answers each line of JSON by one. */
export function stepper(command: string, args: string[]): Stepper {
  const process = new Deno.Command(command, {
    ...{ args, stdin: "piped", stdout: "piped", stderr: "inherit" },
  }).spawn();
  const asks = process.stdin.getWriter();
  const answers = lines(process.stdout);
  return {
    async ask(what) {
      // One that has ended takes nothing, and says so below.
      await asks.write(new TextEncoder().encode(`${JSON.stringify(what)}\n`)).catch(() => {});
      const { value } = await answers.next();
      if (value !== undefined) return JSON.parse(value);
      const { code, signal } = await process.status;
      return { failed: signal ? `it was ended by ${signal}` : `it ended with code ${code}` };
    },
    async end() {
      await asks.close().catch(() => {}); // it may have ended
      await process.status;
    },
  };
}

/** The lines of what a process writes or is told. */
export async function* lines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}

function script(file: string): string {
  return decodeURIComponent(new URL(file, import.meta.url).pathname);
}
