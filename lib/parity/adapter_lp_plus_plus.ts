/**
 * Records of LP++, whose steps are no engine's.
 *
 * @module
 */
import type { TensorFile } from "../clip/mod.ts";
import {
  blended,
  countRight,
  lpPlusPlusBegin,
  lpPlusPlusStart,
  lpPlusPlusStep,
  lpPlusPlusTexts,
} from "../methods/lp_plus_plus.ts";
import { dispose, tensor, tidy, unitLength } from "../tensor/mod.ts";
import { recordedSpace } from "./adapters.ts";
import { type comparer, rowOf } from "./comparer.ts";
import { near, same } from "./compare.ts";
import type { ParityRecord } from "./manifest.ts";

/** Compares the initialisation, the rates, every step, and the step that was chosen. @returns the steps */
export async function verifyLpPlusPlus(
  record: ParityRecord,
  file: TensorFile,
  { compare, comparisons: found, settle }: ReturnType<typeof comparer>,
): Promise<number> {
  const space = recordedSpace(record, file);
  const read = (key: string) => file.readFloats(key);
  const features = (of: string) =>
    tensor(read(`features.${of}`).data, read(`features.${of}`).shape);
  const labels = (of: string) => [...read(`labels.${of}`).data];
  const tolerance = Number(record.tolerance ?? 1e-4);
  const every = Number(record.settings?.alphaEvery ?? 10);
  const steps = read("loss").data.length;
  const held = tidy(() => ({
    images: unitLength(features("train")),
    labels: labels("train"),
    texts: lpPlusPlusTexts(space),
    validation: unitLength(features("val")),
    evaluation: unitLength(features("eval")),
  }));
  const bias = tensor(rowOf(file, "param.bias", 0).slice(), [space.classes]);
  const { params, rate, alphaRate } = await lpPlusPlusStart(held, bias);
  const { derived, selection } = record as { derived?: Derived; selection?: { epoch: number } };
  if (derived) {
    found.push(near("rate of W and b", [rate], [derived.lrWeights], tolerance));
    found.push(near("rate of α", [alphaRate], [derived.lrAlpha], tolerance));
  }
  compare("W at the start", params["probe.weight"]!, "param.weight", 0);
  compare("α at the start", params["probe.alpha"]!, "alpha", 0);
  let state = tidy(() => lpPlusPlusBegin(params));
  let chosen = { epoch: -1, right: -1 };
  for (let step = 0; step < steps; step++) {
    const at = (what: string) => `${what} at step ${step}`;
    const before = state;
    state = tidy(() => {
      const done = lpPlusPlusStep(before, held, { rate, alphaRate, every }, step);
      const { params, optimiser, pending } = done.state;
      compare(at("loss"), done.loss, "loss", step);
      compare(at("logits"), done.logits, "logits", step);
      for (const name of ["weight", "bias"]) {
        const own = `probe.${name}`;
        compare(at(`gradient of ${name}`), done.gradients[own]!, `grad.${name}`, step);
        compare(at(name), params[own]!, `param.${name}`, step + 1);
        compare(at(`momentum of ${name}`), optimiser[`momentum.${own}`]!, `momentum.${name}`, step);
      }
      compare(at("α"), params["probe.alpha"]!, "alpha", step + 1);
      compare(at("the sum of α's gradients"), pending, "gradAlpha", step);
      const evaluation = blended(params, held.evaluation, held.texts);
      compare(at("evaluation logits"), evaluation, "evalLogits", step);
      return done.state;
    });
    await settle();
    const { params } = state;
    const right = await countRight(
      () => blended(params, held.validation, held.texts),
      labels("val"),
    );
    if (right >= chosen.right) chosen = { epoch: step, right };
    dispose(Object.values(before.params).filter((x) => !Object.values(state.params).includes(x)));
    dispose([before.optimiser, before.pending]);
  }
  if (selection) found.push(same("the chosen step", chosen.epoch, selection.epoch));
  dispose([state.params, state.optimiser, state.pending, held, bias, space.texts()]);
  return steps;
}

/** What follows from the training images. */
interface Derived {
  lrWeights: number;
  lrAlpha: number;
}
