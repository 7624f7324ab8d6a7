/**
 * What records of Tip-Adapter hold beside the training of its keys: the cache, its answers without training, and the
 * search for α and β.
 *
 * @module
 */
import { made } from "../methods/mod.ts";
import { dispose, read, tensor, type Tensors, tidy, transpose } from "../tensor/mod.ts";
import { type AdapterReplay, evaluated } from "./adapter_replay.ts";

/**
 * Compares all of it. `epochEnds`: the parameters as our own training left them after each epoch; `final`: whether the
 * record's last logits are of the searched α and β.
 */
export async function tipAdapterComparisons(
  replay: AdapterReplay,
  epochEnds: Tensors[],
  final: boolean,
): Promise<void> {
  const { record, file, compare, settle } = replay;
  const told = record as unknown as Told;
  const { shape: [rows, classes], data: values } = file.readFloats("cache.values");
  const cache = file.readFloats("cache.keys");
  const start = tidy((): Tensors => ({
    "cache.keys": transpose(tensor(cache.data, cache.shape), [1, 0]),
    "cache.labels": tensor(values, [rows!, classes!]),
  }));
  const at = ([alpha, beta]: [number, number], keys: Tensors = {}): Tensors => ({
    ...start,
    ...keys,
    "cache.alpha": tensor([alpha], []),
    "cache.beta": tensor([beta], []),
  });
  const logits = (what: string, params: () => Tensors, key: string, row?: number) =>
    tidy(() => compare(what, evaluated(replay, params()), key, row));
  told.grid?.forEach((pair, row) =>
    logits(`untrained logits at α, β ${pair}`, () => at(pair), "trainingFree.logits", row)
  );
  logits("zero-shot logits", () => at([0, 1]), "zeroShot.logits");
  const { trainingFree, F } = told.search ?? {};
  if (trainingFree) agree(replay, "untrained", await searched(replay, at([1, 1])), trainingFree);
  const best = epochEnds[told.bestTestEpoch ?? 0];
  if (F && best) {
    const keys = { "cache.keys": best["cache.keys"]! };
    const found = await searched(replay, at([1, 1], keys));
    agree(replay, "trained", found, F);
    const last = () => at([found.alpha, found.beta], keys);
    if (final) logits("logits of the searched", last, "finalLogits");
  }
  await settle();
  dispose(start);
}

interface Told {
  grid?: [number, number][];
  search?: Record<"trainingFree" | "F", { alpha: number; beta: number }>;
  bestTestEpoch?: number;
}

async function searched({ file, learner }: AdapterReplay, params: Tensors) {
  const { shape, data } = file.readFloats("features.val");
  const labels = [...file.readFloats("labels.val").data];
  const features = tensor(data, shape);
  const chosen = await made(() => learner.choose!(params, { labels, features }));
  const [alpha, beta] = await Promise.all(
    ["cache.alpha", "cache.beta"].map(async (name) => (await read(chosen[name]!))[0]!),
  ) as [number, number];
  const own = [params, chosen].flatMap((of) => [of["cache.alpha"], of["cache.beta"]]);
  dispose([features, ...new Set(own)]);
  return { alpha, beta };
}

function agree(
  { note }: AdapterReplay,
  what: string,
  own: { alpha: number; beta: number },
  { alpha, beta }: { alpha: number; beta: number },
): void {
  note(`α and β found for the ${what} cache`, [own.alpha, own.beta], [alpha, beta]);
}
