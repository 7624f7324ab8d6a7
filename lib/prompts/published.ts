/**
 * The checkpoints of the published code (Dassl's `model.pth.tar-N`): what each trained parameter is called there, so that
 * their evaluation loads ours and ours theirs. The names are those of KaiyangZhou/CoOp, BeierZhu/Prompt-align,
 * htyao89/KgCoOp, muzairkhattak/multimodal-prompt-learning and PromptSRC, and mlvlab/ProMetaR.
 *
 * @module
 */
import { builtin } from "../builtin.ts";
import { UserError } from "../errors.ts";
import { readTorch, torchTensors, writeTorch } from "../torch/mod.ts";
import type { Numbers, PromptFile } from "./file.ts";

/** How a trainer's checkpoint names what a method learns. */
interface Layout {
  /** The folder that the trainer looks in: the name under which it registers its model. */
  folder: string;
  /** The published name of a tensor; undefined for what their checkpoint has no place for. */
  name(own: string): string | undefined;
}

/** CoOp's, ProGrad's and KgCoOp's model is the prompt learner, CoCoOp's with its meta-net. */
const shallow: Layout = {
  folder: "prompt_learner",
  name(own) {
    const known: Record<string, string> = {
      "text.0": "ctx",
      "meta.hidden.weight": "meta_net.linear1.weight",
      "meta.hidden.bias": "meta_net.linear1.bias",
      "meta.output.weight": "meta_net.linear2.weight",
      "meta.output.bias": "meta_net.linear2.bias",
    };
    return known[own];
  },
};

/** IVLP's, PromptSRC's and ProMetaR's is the whole CLIP, whose blocks have prompts. ProMetaR's gates are not saved. */
const independent: Layout = {
  folder: "VLPromptLearner",
  name(own) {
    const [, tower, layer] = /^(text|image)\.(\d+)$/.exec(own) ?? [];
    if (tower === undefined) return undefined;
    if (layer !== "0") return `${tower}_encoder.transformer.resblocks.${layer}.VPT_shallow`;
    return tower === "text" ? "prompt_learner.ctx" : "image_encoder.VPT";
  },
};

/** MaPLe's is the whole CLIP with a learner of coupled prompts. */
const coupled: Layout = {
  folder: "MultiModalPromptLearner",
  name(own) {
    const [, tower, layer, part] = /^(text|image)\.(\d+)(?:\.(weight|bias))?$/.exec(own) ?? [];
    const deep = Number(layer) - 1;
    if (tower === "text") {
      return `prompt_learner.${deep < 0 ? "ctx" : `compound_prompts_text.${deep}`}`;
    }
    if (part === undefined) return undefined;
    return `prompt_learner.${deep < 0 ? "proj" : `compound_prompt_projections.${deep}`}.${part}`;
  },
};

const layouts: Record<string, Layout> = {
  ...{ coop: shallow, cocoop: shallow, kgcoop: shallow, prograd: shallow },
  ...{ ivlp: independent, promptsrc: independent, prometar: independent, maple: coupled },
};

/** The methods whose checkpoints are exchanged. */
export const exchanged: readonly string[] = Object.keys(layouts);

function layoutOf(method: string): Layout {
  if (Object.hasOwn(layouts, method)) return layouts[method]!;
  throw new UserError(
    `${method} has no published checkpoint that this module knows: it exchanges those of ${
      exchanged.join(", ")
    }.`,
  );
}

/**
 * Writes prompts where the published evaluation (`--model-dir FOLDER --load-epoch N`) looks for them.
 *
 * @returns the checkpoint's path, `FOLDER/prompt_learner/model.pth.tar-50`
 * @throws {UserError} for a method whose published code has no such checkpoint
 *
 * @category Predict
 *
 * @example
 * ```ts
 * import { exportPublished } from "@plumbline/plumbline";
 * import { readPrompts } from "@plumbline/plumbline/prompts";
 * import { readTorch, torchTensors } from "@plumbline/plumbline/torch";
 * import assert from "node:assert/strict";
 * const saved = await readPrompts("test/fixtures/prompts/coop.safetensors");
 * const path = await exportPublished(saved, await Deno.makeTempDir());
 * assert.match(path, /prompt_learner.model\.pth\.tar-1$/);
 * assert.deepEqual([...torchTensors(await readTorch(path)).keys()], ["state_dict.ctx"]);
 * ```
 */
export async function exportPublished(
  { record, params }: PromptFile,
  folder: string,
): Promise<string> {
  const layout = layoutOf(record.method);
  const state: Numbers = {};
  for (const [own, tensor] of Object.entries(params)) {
    const name = layout.name(own);
    if (name !== undefined) state[name] = tensor;
  }
  const epoch = Number(record.training?.epochs ?? 1);
  const path = builtin("node:path").join(folder, layout.folder, `model.pth.tar-${epoch}`);
  await Deno.mkdir(builtin("node:path").join(folder, layout.folder), { recursive: true });
  await writeTorch(path, {
    ...{ state_dict: { ...state }, epoch, optimizer: null, scheduler: null, val_result: null },
  });
  return path;
}

/**
 * The trained parameters in a published checkpoint. Nothing in it is run.
 *
 * @param expected their names and shapes in this module, as the method's learner makes them
 * @returns those that the checkpoint has; what it never holds (ProMetaR's gates) is not among them
 * @throws {UserError} when it is no such checkpoint, or a tensor is missing or of another shape
 */
export async function importPublished(
  path: string,
  method: string,
  expected: ReadonlyMap<string, readonly number[]>,
): Promise<Numbers> {
  const layout = layoutOf(method);
  const state = await publishedState(path);
  const found: Numbers = {};
  for (const [own, shape] of expected) {
    const name = layout.name(own);
    if (name === undefined) continue;
    const tensor = state.get(name);
    if (!tensor) {
      throw new UserError(
        `${path} has no ${name}, which ${method} learns: is it another method's, or of another depth?`,
      );
    }
    if (tensor.shape.join() !== shape.join()) {
      throw new UserError(
        `${path}: ${name} has shape [${tensor.shape}], expected [${shape}]: it was learned for another CLIP, ` +
          "or with other settings.",
      );
    }
    found[own] = tensor.readFloats();
  }
  return found;
}

/** The settings that a published checkpoint's shapes tell: how many prompts, in how many layers. */
export async function settingsOfPublished(
  path: string,
  method: string,
): Promise<Record<string, unknown>> {
  const layout = layoutOf(method);
  const state = await publishedState(path);
  const sizes = (tower: string): (readonly number[])[] => {
    const found: (readonly number[])[] = [];
    for (;;) {
      const name = layout.name(`${tower}.${found.length}`);
      const tensor = name === undefined ? undefined : state.get(name);
      if (!tensor) return found;
      found.push(tensor.shape);
    }
  };
  const [text, image] = [sizes("text"), sizes("image")];
  if (text.length === 0) {
    throw new UserError(
      `${path} has no ${layout.name("text.0")}, so it is no checkpoint of ${method}.`,
    );
  }
  const tokens = text[0]!.at(-2);
  if (layout === coupled) return { tokens, depth: text.length };
  if (layout === shallow) return { contextLength: tokens, classSpecific: text[0]!.length === 3 };
  return {
    ...{ textTokens: tokens, textDepth: text.length },
    ...{ imageTokens: image[0]?.at(-2) ?? 1, imageDepth: image.length },
  };
}

async function publishedState(path: string) {
  const tensors = torchTensors(await readTorch(path));
  const state = new Map(
    [...tensors].flatMap(([name, tensor]) =>
      name.startsWith("state_dict.") ? [[name.slice("state_dict.".length), tensor] as const] : []
    ),
  );
  if (state.size > 0) return state;
  throw new UserError(`${path} has no state_dict, so it is no checkpoint of Dassl's.`);
}
