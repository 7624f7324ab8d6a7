/**
 * Class text features for others: what a web page or a PyTorch program needs to classify with the prompts, and no more.
 *
 * @module
 */
import { writeSafetensors } from "../clip/mod.ts";
import { UserError } from "../errors.ts";

/** The text features of the classes, each of unit length. */
export interface ClassFeatures {
  /** The CLIP whose image features they go with. */
  clip: { name: string; sha256: string };
  /** exp(logit_scale): what cosines are multiplied by. */
  scale: number;
  /** The class names by label. */
  classNames: string[];
  /** The text features, row by row, [classes · embedding]. */
  data: Float32Array;
  /** The length of a feature. */
  width: number;
}

/**
 * Writes class features; the format is the file's extension: `.safetensors` (a tensor `text_features`, the rest as
 * metadata), `.npy` (the array alone), or `.json`.
 *
 * @throws {UserError} for another extension
 */
export async function writeFeatures(path: string, features: ClassFeatures): Promise<void> {
  const { clip, scale, classNames, data, width } = features;
  const shape = [classNames.length, width];
  if (path.endsWith(".safetensors")) {
    const metadata = {
      ...{ class_names: JSON.stringify(classNames), scale: String(scale) },
      ...{ clip: clip.name, clip_sha256: clip.sha256 },
    };
    await writeSafetensors(path, { text_features: { shape, data } }, { metadata });
  } else if (path.endsWith(".npy")) await whole(path, npy(data, shape));
  else if (path.endsWith(".json")) {
    const rows = classNames.map((_, i) => [...data.subarray(i * width, (i + 1) * width)]);
    const text = JSON.stringify({ clip, scale, classNames, features: rows });
    await whole(path, new TextEncoder().encode(text));
  } else {
    throw new UserError(`${path} ends in none of .safetensors, .npy, .json: name a format by it.`);
  }
}

async function whole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  await Deno.writeFile(temporary, bytes);
  await Deno.rename(temporary, path);
}

/** NumPy's format 1.0: a magic, the length of a header, the header, the numbers. */
function npy(data: Float32Array, shape: number[]): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const padded = text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11) + "\n";
  const bytes = new Uint8Array(10 + padded.length + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, padded.length, true);
  bytes.set(new TextEncoder().encode(padded), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + padded.length);
  return bytes;
}
