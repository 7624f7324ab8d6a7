/**
 * What the worker does: shows zero-shot CLIP's answers, trains, measures as it goes, keeps and reads prompts.
 *
 * @module
 */
import {
  type Clip,
  clipIdentity,
  dispose,
  evaluateLogits,
  fitMethod,
  type Images,
  inMemory,
  type LoadedDataset,
  logitsOf,
  type Method,
  method,
  type Numbers,
  openImages,
  parsePrompts,
  promptBytes,
  prompts,
  ranked,
  resolveOn,
  resolveSettings,
  taskOf,
  type Tensors,
  UserError,
  wrap,
  zeroShot,
} from "../../core.ts";
import { type Material, materialOf, shownOf } from "./material.ts";
import type { Choice, Part, Reply, Seen, Told } from "./messages.ts";
import { toldOf } from "./offered.ts";
import { conflictIn, isRead, metaIn } from "./readings.ts";

/** Measurements while a training runs; fewer where every test picture goes through the image tower again. */
const looks = ({ needs }: Pick<Method, "needs">) => needs.pixels ? 3 : 10;

/** Answers the page's requests with a CLIP; `say` may be called any number of times before an answer. */
export function trainer(clip: Clip, say: (reply: Reply) => void) {
  let choice: Choice = { classes: [] };
  let selection = "";
  let material: Material | undefined;
  let images: Images | undefined;

  /** The same selection again keeps what is known of its pictures. */
  function take(next: Choice, shots: number, seed: number): Material {
    const asked = `${shots} ${seed}`;
    if (material !== undefined && choice === next && selection === asked) return material;
    material = materialOf(next, shots, seed);
    [choice, selection] = [next, asked];
    images?.[Symbol.dispose]();
    images = remembering(openImages(clip, { workers: inMemory(material.pictures) }));
    return material;
  }

  /** Accuracies on all parts, and what the shown pictures are taken for. */
  async function measured(
    by: Method,
    settings: Record<string, unknown>,
    params: Tensors,
    trainedOn: LoadedDataset,
  ): Promise<{ parts: Part[]; seen: Seen }> {
    const seen: Seen = {};
    const parts: Part[] = [];
    for (const { label, data } of material!.parts) {
      const { classNames, test } = data;
      const learner = by.learner(taskOf(data, clip, trainedOn), settings);
      try {
        const paths = test.map(({ path }) => path);
        const reading = { needs: by.needs, images: images! };
        const logits = await logitsOf(learner, params, paths, reading);
        const labels = test.map(({ label }) => label);
        const { accuracy } = evaluateLogits(logits, classNames.length, labels);
        parts.push({ label, classNames, n: test.length, accuracy });
        paths.forEach((path, i) => {
          const row = logits.subarray(i * classNames.length, (i + 1) * classNames.length);
          const { className, probability } = ranked(row, classNames)[0]!;
          seen[path] = { className, probability };
        });
      } finally {
        learner.dispose();
      }
    }
    return { parts, seen };
  }

  async function choose(next: Choice, shots: number, seed: number): Promise<void> {
    const { train } = take(next, shots, seed);
    const by = zeroShot as unknown as Method;
    const found = await measured(by, resolveSettings(by), {}, train);
    const { title, template } = train;
    say({ kind: "chosen", title, template, shown: shownOf(material!), ...found });
  }

  async function train(told: Told): Promise<void> {
    const { train: data } = take(choice, told.shots, told.seed);
    const began = performance.now();
    const by = method(told.method);
    const resolved = resolveOn(by, clip, data, toldOf(told));
    const { settings, training, deviations } = resolved;
    const every = Math.max(1, Math.round(training.epochs / looks(by)));
    let steps = 1;
    using fitted = await fitMethod(resolved, data, {
      images: images!,
      seed: told.seed,
      watch: {
        wants: isRead,
        step({ epoch, step, steps: each, loss }, seen) {
          steps = each;
          const [conflict, meta] = [conflictIn(seen), metaIn(seen)];
          const at = { epoch, at: epoch * each + step, of: training.epochs * each };
          say({ kind: "step", step: { ...at, loss, conflict, meta } });
        },
      },
      checkpoint: { // no file: the place between two steps, where measuring may wait
        load: () => Promise.resolve(undefined),
        async offer({ epoch, step, state }) {
          if (step !== 0 || epoch % every !== 0 || epoch === training.epochs) return;
          const { parts } = await measured(by, settings, state.params, data);
          say({ kind: "measured", at: epoch * steps, parts });
        },
      },
    });
    const found = await measured(by, settings, fitted.state.params, data);
    const { name, title, train: items } = data;
    using kept = prompts({
      ...{ method: by, task: taskOf(data, clip), settings, params: fitted.state.params },
      images: images!,
      origin: {
        data: { name, title, images: items.length, shots: told.shots },
        ...{ training: { ...training }, seed: told.seed, deviations },
      },
      measured: found.parts.map(({ label, n, accuracy }) => ({
        ...{ dataset: name, classes: label, n, accuracy },
      })),
    });
    const file = promptBytes(await kept.file());
    say({ kind: "trained", ...found, seconds: (performance.now() - began) / 1000, file });
  }

  async function load(name: string, bytes: Uint8Array): Promise<void> {
    const { record, params } = parsePrompts(bytes, name);
    if (record.clip.sha256 !== clipIdentity(clip)) {
      throw new UserError(`${name} belongs to another CLIP (${record.clip.name}).`);
    }
    if (material === undefined || record.data?.name !== material.train.name) {
      throw new UserError(
        `${name} was trained on ${
          record.data?.title ?? "nothing"
        }: choose that set above, then load it again.`,
      );
    }
    const by = method(record.method);
    const tensors = mapNumbers(params);
    using _ = { [Symbol.dispose]: () => dispose(tensors) };
    const settings = resolveSettings(by, record.settings);
    const found = await measured(by, settings, tensors, material.train);
    say({ kind: "loaded", method: by.name, title: by.title, ...found });
  }

  return { choose, train, load };
}

/** A file's numbers as tensors. */
function mapNumbers(params: Numbers): Tensors {
  return Object.fromEntries(
    Object.entries(params).map(([name, { data, shape }]) => [name, wrap(data, shape)]),
  );
}

/** Images whose frozen features are computed once, those of training views too: λ is moved more often than pictures are. */
function remembering(images: Images): Images {
  const known = new Map<string, Float32Array>();
  return {
    ...images,
    async features(jobs) {
      const key = jobs.map(({ path, draws }) => `${path} ${draws}`).join();
      const found = known.get(key) ?? await images.features(jobs);
      known.set(key, found);
      return found;
    },
  };
}
