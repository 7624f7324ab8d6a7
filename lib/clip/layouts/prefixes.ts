/**
 * What training puts around a model's keys: `module.` (DataParallel), `_orig_mod.` (compile), `state_dict.` and the like.
 *
 * @module
 */
import { UserError } from "../../errors.ts";
import type { TensorFile } from "../safetensors.ts";
import { view } from "./view.ts";

const WRAPPING = /^(?:(?:module|model|_orig_mod|state_dict|model_state_dict|clip|clip_model)\.)+/;

/** The file without what training put before its keys; of a checkpoint, the model alone. */
export function unwrapped(file: TensorFile): TensorFile {
  const scales = file.keys.filter((key) => /(^|\.)logit_scale$/.test(key));
  if (scales.includes("logit_scale") || scales.length === 0) return file;
  const prefixes = scales.map((key) => key.slice(0, -"logit_scale".length))
    .filter((prefix) => WRAPPING.exec(prefix)?.[0] === prefix);
  if (prefixes.length === 0) return file;
  if (prefixes.length > 1) {
    throw new UserError(
      `${file.name} has two models, ${prefixes.join(" and ")}: save the one that is meant.`,
    );
  }
  const [prefix] = prefixes as [string];
  const inside = file.keys.filter((key) => key.startsWith(prefix));
  return view(file, new Map(inside.map((key) => [key.slice(prefix.length), { keys: [key] }])));
}
