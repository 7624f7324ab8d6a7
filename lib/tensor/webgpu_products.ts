/**
 * Which program of TensorFlow.js' WebGPU backend computes a product. For few outputs of a long sum it would take the one
 * that splits the sum ("SplitK"), which in 4.22 is wrong where the second factor is transposed, and elsewhere adds the
 * parts in whatever order they come, so that a seed would not give the same bits twice. It is never taken.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs-core";

/** TensorFlow.js' flag for the program, its own choice, and its program of small tiles. */
const [FLAG, OWN_CHOICE, SMALL_TILES] = ["WEBGPU_MATMUL_PROGRAM_TYPE", -1, 2];

/** From which length of a sum on it may be split, and of how many tiles of 32 × 32 outputs at most on any adapter. */
const [LONG, FEW] = [2000, 32];

/** Says whether a product of these inputs could be split. */
type Risk = (inputs: tf.NamedTensorInfoMap, attrs: tf.NamedAttrMap | undefined) => boolean;

const ofMatrices: Risk = ({ a, b }, attrs) => {
  const sides = a!.shape.slice(-2);
  const [rows, inner] = (attrs?.transposeA ? sides.reverse() : sides) as [number, number];
  const columns = b!.shape.at(attrs?.transposeB ? -2 : -1)!;
  return inner >= LONG && rows * columns > 128 && // below that another program is its own choice
    Math.ceil(rows / 32) * Math.ceil(columns / 32) <= FEW;
};

/** Convolutions with filters of one pixel or of the whole picture are products, too. */
const ofPictures: Risk = ({ filter }) => {
  const [height, width, channels] = filter!.shape as [number, number, number];
  return height * width * channels >= LONG;
};

const risks: Record<string, Risk> = {
  BatchMatMul: ofMatrices,
  _FusedMatMul: ofMatrices,
  Conv2D: ofPictures,
  FusedConv2D: ofPictures,
};

/** Sees to it that no product is split. Called once, when the backend is set up. */
export function splitNoProduct(): void {
  for (const [name, risk] of Object.entries(risks)) {
    const kernel = tf.getKernel(name, "webgpu");
    tf.unregisterKernel(name, "webgpu");
    tf.registerKernel({
      ...kernel,
      kernelFunc(given) {
        if (!risk(given.inputs, given.attrs)) return kernel.kernelFunc(given);
        tf.env().set(FLAG, SMALL_TILES);
        try {
          return kernel.kernelFunc(given);
        } finally {
          tf.env().set(FLAG, OWN_CHOICE);
        }
      },
    });
  }
}
