/**
 * Replays a recorded training of a method inside the towers, on the tiny CLIPs, and compares everything it recorded.
 *
 * @module
 */
import { encodeImages, type TensorFile } from "../clip/mod.ts";
import { disposeReplaced, disposeState } from "../engine/mod.ts";
import {
  type Batch,
  type Draws,
  type Learner,
  method,
  resolveSettings,
  type State,
  stateAt,
  type Task,
} from "../methods/mod.ts";
import { clone, concat, slice, type Tensor, tensor, type Tensors, tidy } from "../tensor/mod.ts";
import { type Comparison, skip } from "./compare.ts";
import { comparer, rowOf } from "./comparer.ts";
import { readInputs } from "./inputs.ts";
import type { ParityFolder, ParityRecord } from "./manifest.ts";
import { towerRecords } from "./tower_records.ts";

/** Whether a record is of a method that this replays. */
export function isTowerRecord({ kind, method, weights }: ParityRecord): boolean {
  return kind === "trajectory" && weights !== undefined &&
    Object.hasOwn(towerRecords, String(method));
}

/** Runs every step of a trajectory. */
export async function verifyTower(
  folder: ParityFolder,
  record: ParityRecord,
): Promise<{ steps: number; comparisons: Comparison[] }> {
  const file = await folder.open(record.file);
  const { settings: inOurTerms, parameter, observed = {} } = towerRecords[String(record.method)]!;
  const published = method(String(record.method));
  const recorded = record.settings ?? {};
  const settings = resolveSettings(published, inOurTerms(recorded, file));
  const told = record as ParityRecord & Told;
  const clip = await folder.clip(String(record.weights));
  const template = told.teacherTemplate ?? told.templates?.[0] ?? "a photo of a {}.";
  const task: Task = {
    clip,
    classNames: record.classNames ?? folder.classNames,
    template: String(recorded.teacherTemplate ?? template),
    allClassNames: told.classNamesAll,
  };
  const images = await readInputs(folder, undefined, record.inputs);
  const order = recorded.inputBatchOfStep as number[] | undefined;
  const size = Number(record.batchSize);
  const batch = (step: number): Batch => {
    const { pixels, labels } = images(order?.[step] ?? step);
    const own = slice(pixels!, 0, 0, size);
    return { pixels: own, labels: labels.slice(0, size), features: encodeImages(clip, own) };
  };
  const { compare, comparisons, used, settle } = comparer(record, file);
  const names = file.keys.filter((key) => key.startsWith("param.")).map((key) => key.slice(6));
  const learner = published.learner(task, settings);
  const unseen = told.classNamesNew &&
    published.learner({
      ...task,
      classNames: told.classNamesNew,
      unseen: true,
      allClassNames: undefined,
    }, settings);
  const elsewhere = published.learner({ ...task, unseen: true }, settings);
  try {
    const rates = file.readFloats("lr").data;
    let state = begin(learner, file, names, parameter);
    for (let step = 0; step < rates.length; step++) {
      const at = (what: string) => `${what} at step ${step}`;
      const before = state;
      state = tidy(() => {
        const observe = (name: string, value: Tensor) => {
          for (const [key, as] of Object.entries(observed)) {
            if (as === name) compare(at(name), value, key, step, /Features$/.test(key));
          }
          for (const p of names) {
            if (name === `gradient/${parameter(p)}`) compare(at(name), value, `grad.${p}`, step);
          }
        };
        const draws = drawsOf(file, step);
        const result = learner.step!(before, batch(step), { rate: rates[step]!, draws, observe });
        compare(at("loss"), result.loss, "loss", step);
        observe("logits", result.logits);
        compare(at("logits"), result.logits, "logits", step);
        return result.state;
      });
      disposeReplaced(before, state);
      for (const p of names) {
        const name = parameter(p);
        compare(at(name), state.params[name]!, `param.${p}`, step + 1);
        for (const kind of ["momentum", "expAvg", "expAvgSq"]) {
          const own = Object.entries(state.optimiser).find(([key]) =>
            key.endsWith(`${kind}.${name}`)
          );
          if (own) compare(at(`${kind}.${name}`), own[1], `${kind}.${p}`, step);
        }
      }
      const rows = file.keys.includes("evalLogits") ? file.shape("evalLogits")[1] : size;
      const shown = () => several(images, rows!);
      const logits = (by: Learner) => evaluated(by, state.params, shown, clip);
      tidy(() => {
        const own = logits(learner);
        compare(at("evaluation logits"), own, "evalLogits", step);
        compare(at("evaluation logits, both features"), own, "evalLogits.fusion", step);
        compare(at("evaluation logits, the class's"), logits(elsewhere), "evalLogits.cls", step);
      });
      await settle();
    }
    if (unseen) {
      tidy(() => {
        const own = evaluated(unseen, state.params, () => several(images, size), clip);
        compare("logits of new classes", own, "evalNew.logits");
      });
    }
    await settle();
    disposeState(state);
    const left = file.keys.filter((key) => !used.has(key) && !given.test(key));
    comparisons.push(...left.map((key) => skip(key, "nothing here computes it alone")));
    return { steps: rates.length, comparisons };
  } finally {
    for (const by of [learner, unseen, elsewhere]) by?.dispose();
  }
}

/** What the manifest says beside what every record has. */
interface Told {
  teacherTemplate?: string;
  templates?: string[];
  classNamesAll?: string[];
  classNamesNew?: string[];
}

/** What a step is given, not what it computes. */
const given = /^(lr|lrLayerNorm|labels|tokens)$|^draw\./;

function begin(
  learner: Learner,
  file: TensorFile,
  names: string[],
  parameter: (recorded: string) => string,
): State {
  return tidy(() =>
    stateAt(
      learner,
      Object.fromEntries(names.map((p) => {
        const { shape } = file.readFloats(`param.${p}`);
        return [parameter(p), tensor(rowOf(file, `param.${p}`, 0).slice(), shape.slice(1))];
      })),
    )
  );
}

/** LASP's noise, where a coin fell so. */
function drawsOf(file: TensorFile, step: number): Draws | undefined {
  if (!file.keys.includes("draw.coin")) return undefined;
  const coin = rowOf(file, "draw.coin", step)[0]!;
  return coin < 0.5 ? { noise: [...rowOf(file, "draw.noise", step)] } : {};
}

/** The first so many images of the inputs, batch after batch. */
function several(images: (step: number) => Batch, count: number): Tensor {
  const parts: Tensor[] = [];
  for (let have = 0, step = 0; have < count; step++) {
    const { pixels } = images(step);
    const left = Math.min(count - have, pixels!.shape[0]!);
    parts.push(slice(pixels!, 0, 0, left));
    have += left;
  }
  return concat(parts, 0);
}

function evaluated(
  by: Learner,
  params: Tensors,
  images: () => Tensor,
  clip: Task["clip"],
): Tensor {
  return tidy(() => {
    const pixels = images();
    const batch = { labels: [], pixels, features: encodeImages(clip, pixels) };
    return clone(by.logits(params, by.prepare(params), batch));
  });
}
