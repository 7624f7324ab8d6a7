/**
 * A record's settings in the methods' own terms.
 *
 * @module
 */

type Recorded = Record<string, unknown>;

/** The settings of the method called `name` that a record names. What it leaves out keeps its default. */
export function methodSettings(name: string, recorded: Recorded): Recorded {
  const take = (names: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(names).filter(([from]) => recorded[from] !== undefined)
        .map(([from, to]) => [to, recorded[from]]),
    );
  const context = () => ({
    ...take({
      nCtx: "contextLength",
      ...name !== "kgcoop" && { classTokenPosition: "classTokenPosition" }, // which ignores it
      csc: "classSpecific",
    }),
    ...initial(recorded.init),
  });
  const deep = () => ({
    ...take({ nCtxText: "textTokens", nCtxVision: "imageTokens", depth: "textDepth" }),
    ...take({ depth: "imageDepth" }),
    ...take({ depthText: "textDepth", depthVision: "imageDepth" }),
    ...initial(recorded.init ?? (Number(recorded.nCtxText) > WORDS ? "random" : undefined)),
  });
  const settings: Record<string, () => Recorded> = {
    "coop": context,
    "cocoop": context,
    "prograd": () => ({ ...context(), ...take({ lambda: "lambda", temperature: "temperature" }) }),
    "vpt": () => take({ nCtxVision: "tokens", depth: "depth", template: "template" }),
    "ivlp": deep,
    "kgcoop": () => ({ ...context(), ...take({ regulariserWeight: "weight" }) }),
    "maple": () => ({ ...take({ nCtx: "tokens", depth: "depth" }), ...initial(recorded.init) }),
    "promptsrc": () => ({
      ...take({ nCtx: "textTokens", nCtxText: "textTokens", nCtxVision: "imageTokens" }),
      ...take({ promptDepthText: "textDepth", promptDepthVision: "imageDepth" }),
      ...take({ textLossWeight: "textWeight", imageLossWeight: "imageWeight" }),
      ...take({ logitLossWeight: "logitWeight" }),
      ...take({ averagingMean: "averagingMean", averagingStd: "averagingDeviation" }),
      ...initial(recorded.init),
    }),
    "prometar": () => ({
      ...deep(),
      ...take({
        adaptLr: "innerRate",
        outerRatio: "outerRatio",
        modulationLr: "modulationRate",
        firstOrder: "firstOrder",
        mixup: "mixup",
        modulationGroup: "modulationGroup",
      }),
    }),
  };
  return Object.hasOwn(settings, name) ? settings[name]!() : {};
}

/** IVLP and what is made on it start from the four words "a photo of a", more vectors than that from random ones. */
const WORDS = 4;

function initial(init: unknown): Recorded {
  if (typeof init !== "string") return {};
  if (init.startsWith("words:")) return { init: init.slice("words:".length).trim() };
  return { init: init.startsWith("template") ? "template" : "random" };
}
