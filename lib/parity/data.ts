/**
 * The checks of data records: everything in a parity folder that is no training trajectory.
 *
 * @module
 */
import { UserError } from "../errors.ts";
import type { Comparison } from "./compare.ts";
import { comparatorChecks } from "./comparators.ts";
import { adaptersStartCheck } from "./data_adapters_start.ts";
import { inputsCheck } from "./data_inputs.ts";
import { metricsCheck, schedulesCheck } from "./data_numbers.ts";
import { derivativesCheck } from "./data_derivatives.ts";
import { fewShotCheck } from "./data_few_shot.ts";
import { modulationCheck } from "./data_modulation.ts";
import { preprocessCheck } from "./data_preprocess.ts";
import { contextWordsCheck, templatesCheck, tokenizerCheck } from "./data_text.ts";
import { weightsCheck } from "./data_weights.ts";
import { zeroShotCheck } from "./data_zero_shot.ts";
import type { ParityFolder, ParityRecord } from "./manifest.ts";

/** A kind of data record. */
export interface DataCheck {
  /** Whether a record is of this kind, by its name, its file and what the manifest says of it. */
  matches(record: ParityRecord): boolean;
  /** Compares everything the record holds. Tensors it makes, it frees. */
  check(folder: ParityFolder, record: ParityRecord): Comparison[] | Promise<Comparison[]>;
}

/** Every kind of data record; the first that matches is taken. A new one is a line here. */
export const dataChecks: readonly DataCheck[] = [
  ...comparatorChecks,
  adaptersStartCheck,
  weightsCheck,
  inputsCheck,
  zeroShotCheck,
  modulationCheck,
  derivativesCheck,
  preprocessCheck,
  fewShotCheck,
  tokenizerCheck,
  templatesCheck,
  contextWordsCheck,
  schedulesCheck,
  metricsCheck,
];

/**
 * Compares everything a data record holds.
 *
 * @throws {UserError} when it is of no known kind
 */
export async function verifyData(
  folder: ParityFolder,
  record: ParityRecord,
): Promise<Comparison[]> {
  const kind = dataChecks.find((check) => check.matches(record));
  if (!kind) throw new UserError(`No check knows the data record ${record.name}.`);
  return await kind.check(folder, record);
}
