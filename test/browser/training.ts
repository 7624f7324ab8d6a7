/** ProGrad on the pocket CLIP, the same program wherever there is JavaScript. */
import * as core from "../../core.ts";
import { sha256 } from "../../lib/sha256.ts";

/** What a training came to. */
export interface Outcome {
  /** What computed. */
  device: string;
  /** SHA-256 of the learned context's numbers. */
  context: string;
  /** Mean losses of the epochs. */
  losses: number[];
  /** SHA-256 of the predicted labels. */
  predictions: string;
  /** SHA-256 of the file that the prompts would be kept in, without what the record says of the runtime. */
  parameters: string;
}

const classNames = ["circle", "square", "star"];

/** Pictures of stripes, which need no drawing: whole numbers alone decide them. */
function stripes(i: number): core.Raster {
  const data = new Uint8Array(48 * 48 * 3);
  for (let at = 0; at < data.length; at++) {
    const [x, y, channel] = [Math.floor(at / 3) % 48, Math.floor(at / 144), at % 3];
    data[at] = (x * (i % 3 + 1) * 11 + y * (i + 2) * 7 + channel * 60 + i * 31) & 255;
  }
  return { width: 48, height: 48, mode: "RGB", data };
}

/** Trains for four steps on six pictures, then predicts. */
export async function trainAnywhere(weights: Uint8Array, backend: string): Promise<Outcome> {
  const { device } = await core.useBackend(backend);
  const pictures = new Map(Array.from({ length: 6 }, (_, i) => [`${i}`, stripes(i)]));
  const items = [...pictures.keys()].map((path, i) => ({
    ...{ path, label: i % 3, className: classNames[i % 3]! },
  }));
  const data = {
    ...{ name: "stripes", title: "Stripes", template: "a photo of a {}.", splitFrom: "none" },
    ...{ classNames, train: items, val: [], test: items },
  };
  using clip = core.buildClip(core.parseWeights(weights, "pocket"));
  using images = core.openImages(clip, { workers: core.inMemory(pictures) });
  const told = { settings: { contextLength: 4 }, training: { epochs: 2, batchSize: 3 } };
  const resolved = core.resolveOn(core.method("prograd"), clip, data, told);
  using fitted = await core.fitMethod(resolved, data, { images });
  const context = new Float32Array(await core.read(fitted.state.params["text.0"]!));
  const { predictions } = await fitted.test(data);
  const tensor = { shape: fitted.state.params["text.0"]!.shape, data: context };
  return {
    device,
    context: sha256(new Uint8Array(context.buffer)),
    losses: fitted.epochs.map(({ loss }) => loss),
    predictions,
    parameters: sha256(core.safetensorsBytes({ "text.0": tensor })),
  };
}
