/**
 * What records of Tip-Adapter hold beside the training of its keys: the cache, its answers without training, and the
 * search for α and β.
 *
 * @module
 */
import { readSync, tensor, type Tensors, tidy, transpose } from "../tensor/mod.ts";
import { type AdapterReplay, evaluated } from "./adapter_replay.ts";

/**
 * Compares all of it. `epochEnds`: the parameters as our own training left them after each epoch; `final`: whether the
 * record's last logits are of the searched α and β.
 */
export function tipAdapterComparisons(
  replay: AdapterReplay,
  epochEnds: Tensors[],
  final: boolean,
): void {
  const { record, file, compare } = replay;
  const told = record as unknown as Told;
  const cache = tidy(() => {
    const { shape, data } = file.readFloats("cache.keys");
    return readSync(transpose(tensor(data, shape), [1, 0])).slice();
  });
  const { shape: [rows, classes], data: values } = file.readFloats("cache.values");
  const start = tidy(() => ({
    "cache.keys": tensor(cache, [rows, cache.length / rows]),
    "cache.labels": tensor(values, [rows, classes]),
  }));
  const at = ([alpha, beta]: [number, number], keys: Tensors = start): Tensors => ({
    ...start,
    ...keys,
    "cache.alpha": tensor([alpha], []),
    "cache.beta": tensor([beta], []),
  });
  tidy(() => {
    told.grid?.forEach((pair, row) =>
      compare(
        `untrained logits at α, β ${pair}`,
        evaluated(replay, at(pair)),
        "trainingFree.logits",
        row,
      )
    );
    compare("zero-shot logits", evaluated(replay, at([0, 1])), "zeroShot.logits");
    const { trainingFree, F } = told.search ?? {};
    if (trainingFree) agree(replay, "untrained", searched(replay, at([1, 1])), trainingFree);
    const best = epochEnds[told.bestTestEpoch ?? 0];
    if (!F || !best) return;
    const found = searched(replay, at([1, 1], { "cache.keys": best["cache.keys"] }));
    agree(replay, "trained", found, F);
    if (!final) return;
    const last = at([found.alpha, found.beta], { "cache.keys": best["cache.keys"] });
    compare("logits of the searched", evaluated(replay, last), "finalLogits");
  });
  for (const x of Object.values(start)) x.dispose();
}

interface Told {
  grid?: [number, number][];
  search?: Record<"trainingFree" | "F", { alpha: number; beta: number }>;
  bestTestEpoch?: number;
}

function searched({ file, learner }: AdapterReplay, params: Tensors) {
  const { shape, data } = file.readFloats("features.val");
  const labels = [...file.readFloats("labels.val").data];
  const chosen = learner.choose!(params, { labels, features: tensor(data, shape) });
  const number = (name: string) => readSync(chosen[name])[0];
  return { alpha: number("cache.alpha"), beta: number("cache.beta") };
}

function agree(
  { note }: AdapterReplay,
  what: string,
  own: { alpha: number; beta: number },
  { alpha, beta }: { alpha: number; beta: number },
): void {
  note(`α and β found for the ${what} cache`, [own.alpha, own.beta], [alpha, beta]);
}
