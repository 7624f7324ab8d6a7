/**
 * The published code's names for what plumbline calls `text.0`, `image.1`, `modulation.text.0.hidden`.
 *
 * @module
 */

/** A published parameter's name here. */
export function parameterName(published: string): string {
  const fixed: Record<string, string> = {
    "ctx": "text.0",
    "prompt_learner.ctx": "text.0",
    "image_encoder.VPT": "image.0",
    "visual.VPT": "image.0",
    "proj.weight": "image.0.weight",
    "proj.bias": "image.0.bias",
    "meta_net.linear1.weight": "meta.hidden.weight",
    "meta_net.linear1.bias": "meta.hidden.bias",
    "meta_net.linear2.weight": "meta.output.weight",
    "meta_net.linear2.bias": "meta.output.bias",
  };
  if (Object.hasOwn(fixed, published)) return fixed[published]!;
  const deep = published.match(
    /^(image_encoder|visual|text_encoder)\.transformer\.resblocks\.(\d+)\.VPT_shallow$/,
  );
  if (deep) return `${deep[1] === "text_encoder" ? "text" : "image"}.${deep[2]}`;
  const coupled = published.match(
    /^compound_prompt(s_text|_projections)\.(\d+)(\.weight|\.bias)?$/,
  );
  if (coupled) {
    const [, part, layer, of = ""] = coupled;
    return `${part === "s_text" ? "text" : "image"}.${Number(layer) + 1}${of}`;
  }
  const gamma = published.match(/^linear_(vision|text)_gamma\.(\d+)\.([01])\.weight$/);
  if (!gamma) return published;
  const [, side, layer, part] = gamma;
  return `modulation.${side === "text" ? "text" : "image"}.${layer}.${
    part === "0" ? "hidden" : "output"
  }`;
}

/**
 * What a recorded tensor of one step is called by the observer: `grad.ctx` → `gradient/text.0`,
 * `inner.gamma_compact/image_encoder.VPT` → `inner/gamma/image.0`.
 */
export function observation(recorded: string): string | undefined {
  const whole: Record<string, string> = {
    "loss": "loss",
    "loss_ce": "loss",
    "loss_kl": "loss/teacher",
    "loss.ce": "loss/label",
    "loss.kg": "distance/cosine",
    "loss.textL1": "loss/text",
    "loss.imageL1": "loss/image",
    "loss.kl": "loss/logits",
    "loss.textL1Raw": "distance/text",
    "loss.imageL1Raw": "distance/image",
    "textFeatures": "text",
    "imageFeatures": "image",
    "teacherImageFeatures": "teacher/image",
    "teacherLogits": "teacher/logits",
    "logits": "logits",
    "zs_logits": "teacher",
    "phase1.loss_ce": "batch/loss",
    "phase1.reg_text_x50": "batch/loss/text",
    "phase1.reg_image_x20": "batch/loss/image",
    "phase1.logits": "batch/logits",
    "phase1.text_features": "batch/text",
    "phase1.image_features": "batch/image",
    "phase1.zs_image_features": "batch/teacher",
    "inner.loss_ce": "inner/loss",
    "inner.reg_text_x50": "inner/loss/text",
    "inner.reg_image_x20": "inner/loss/image",
    "outer.query_loss_ce": "outer/loss",
    "outer.logits": "outer/logits",
    "outer.image_features_mixed_norm": "outer/image",
  };
  if (Object.hasOwn(whole, recorded)) return whole[recorded];
  const parts: [RegExp, string][] = [
    [/^param\./, "param/"],
    [/^grad\./, "gradient/"],
    [/^grad_projected\./, "gradient/"],
    [/^momentum\./, "momentum/"],
    [/^phase1\.g_ce\//, "batch/task/"],
    [/^phase1\.g_reg\//, "batch/regulariser/"],
    [/^phase1\.gamma_compact\//, "batch/gamma/"],
    [/^phase1\.g_mod\//, "batch/gradient/"],
    [/^phase1\.param_after\//, "batch/param/"],
    [/^phase1\.momentum_after\//, "batch/momentum/"],
    [/^inner\.g_ce\//, "inner/task/"],
    [/^inner\.g_reg\//, "inner/regulariser/"],
    [/^inner\.gamma_compact\//, "inner/gamma/"],
    [/^inner\.g_mod\//, "inner/gradient/"],
    [/^inner\.adapted\//, "inner/adapted/"],
    [/^outer\.grad\//, "outer/gradient/"],
    [/^outer\.param_after\//, "outer/param/"],
    [/^outer\.momentum_after\//, "outer/momentum/"],
    [/^vnet\.grad\//, "outer/gradient/"],
    [/^vnet\.gradnorm\//, "outer/gradient/"],
    [/^vnet\.param_after\//, "param/"],
  ];
  const part = parts.find(([pattern]) => pattern.test(recorded));
  if (part) return part[1] + parameterName(recorded.replace(part[0], ""));
  if (recorded === "dot_ce_kl") return "conflict/dot";
  if (recorded === "cos_ce_kl") return "conflict/cosine";
  if (recorded === "g_ce") return "task/text.0";
  if (recorded === "g_kl") return "general/text.0";
}
