/**
 * Learning-rate schedules, and the measures of an evaluation and of several seeds.
 *
 * @module
 */
import { evaluateLogits } from "../engine/metrics.ts";
import { harmonicMean, publishedSpread, summarize } from "../results/mod.ts";
import { epochRate } from "../optim/mod.ts";
import { type Comparison, near, same, skip } from "./compare.ts";
import type { DataCheck } from "./data.ts";

/** Both sides compute in double precision. */
const tolerance = 1e-12;

/** `lr_schedules`. */
export const schedulesCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("lr_schedules"),
  async check(folder, record) {
    const { schedules } = await folder.readJson<{ schedules: RecordedSchedule[] }>(record.file);
    return schedules.flatMap((recorded): Comparison[] => {
      const { lr, max_epoch, warmup_epoch, warmup_type, warmup_cons_lr, per_epoch_lr } = recorded;
      const what = `${lr} over ${max_epoch} epochs, ${warmup_epoch} of warm-up (${warmup_type})`;
      if (warmup_type !== "constant" && warmup_type !== "linear") {
        return [skip(what, "no warm-up is of this kind")];
      }
      const schedule = {
        rate: lr,
        epochs: max_epoch,
        warmupEpochs: Math.max(0, warmup_epoch), // −1: none
        warmupRate: warmup_cons_lr,
        warmup: warmup_type,
      } as const;
      const rates = per_epoch_lr.map((_, epoch) => epochRate(schedule, epoch));
      const last = epochRate(schedule, max_epoch);
      return [
        near(what, rates, per_epoch_lr, tolerance),
        near(`${what}, after the last`, [last / lr], [recorded.lr_after_last / lr], tolerance),
      ];
    });
  },
};

interface RecordedSchedule {
  lr: number;
  max_epoch: number;
  warmup_epoch: number;
  warmup_type: string;
  warmup_cons_lr: number;
  per_epoch_lr: number[];
  lr_after_last: number;
}

/** `metrics`. */
export const metricsCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("metrics"),
  async check(folder, record) {
    const { evaluator = [], harmonic_mean = [], seeds, ...others } = await folder.readJson<
      RecordedMetrics
    >(record.file);
    return [
      ...evaluator.flatMap(evaluation),
      ...harmonic_mean.map(({ base, new: novel, H }) =>
        near(`H of ${base} and ${novel}`, [harmonicMean(base, novel)], [H], tolerance)
      ),
      ...(seeds ? spread(seeds) : []),
      ...Object.keys(others).map((key) => skip(key, "no measure has this name")),
    ];
  },
};

interface RecordedMetrics {
  evaluator?: RecordedEvaluation[];
  harmonic_mean?: { base: number; new: number; H: number }[];
  seeds?: RecordedSeeds;
}

interface RecordedEvaluation {
  logits: number[][];
  labels: number[];
  pred: number[];
  result: { accuracy: number; error_rate: number; macro_f1: number; perclass_accuracy: number };
}

interface RecordedSeeds {
  values: number[];
  mean: number;
  std_population: number;
  ci95: number;
}

function evaluation({ logits, labels, pred, result }: RecordedEvaluation, i: number): Comparison[] {
  const own = evaluateLogits(Float32Array.from(logits.flat()), logits[0]!.length, labels);
  const measures = [own.accuracy, 100 - own.accuracy, own.macroF1, own.perClassAccuracy];
  const { accuracy, error_rate, macro_f1, perclass_accuracy } = result;
  return [
    same(`predictions ${i}`, [...own.predictions], pred),
    near(`measures ${i}`, measures, [accuracy, error_rate, macro_f1, perclass_accuracy], tolerance),
  ];
}

function spread({ values, mean, std_population, ci95 }: RecordedSeeds): Comparison[] {
  const { sdPopulation, halfInterval } = publishedSpread(values);
  return [
    near("mean over seeds", [summarize(values).mean], [mean], tolerance),
    near("deviation over seeds", [sdPopulation], [std_population], tolerance),
    near("interval over seeds", [halfInterval], [ci95], tolerance),
  ];
}
