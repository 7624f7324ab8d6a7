/**
 * Values, gradients and Hessian-vector products of single functions, recorded in double precision.
 *
 * @module
 */
import { dispose, grad, mul, read, sum, type Tensor, tensor, tidy } from "../tensor/mod.ts";
import { type Comparison, near, skip } from "./compare.ts";
import type { DataCheck } from "./data.ts";
import { recordedFunction } from "./derivatives.ts";

/** `second_derivatives`. */
export const derivativesCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("second_derivatives"),
  async check(folder, record) {
    const file = await folder.open(record.file);
    const arrays = new Map(file.keys.map((key) => {
      const { shape, data } = file.readFloats(key);
      return [key, tensor(data, shape)] as const;
    }));
    const array = (key: string) => arrays.get(key) ?? file.readFloats(key) as never; // which says what is missing
    const names = new Set(file.keys.map((key) => key.split("/")[0]));
    names.delete("const");
    const comparisons: Comparison[] = [];
    for (const name of names) comparisons.push(...await derivatives(name!, array));
    dispose([...arrays.values()]);
    return comparisons;
  },
};

/** f(x), ∇⟨f, cotangent⟩, and the derivative of that gradient along the direction. */
async function derivatives(
  name: string,
  array: (key: string) => Tensor,
): Promise<Comparison[]> {
  const of = (part: string) => array(`${name}/${part}`);
  const own = tidy(() => {
    const f = recordedFunction(name, array);
    if (!f) return undefined;
    const [x, cotangent, direction] = ["x", "cotangent", "direction"].map(of) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const gradient = () => grad(() => sum(mul(f(x), cotangent)), [x])[0];
    const along = grad(() => sum(mul(gradient(), direction)), [x])[0];
    return { y: f(x), gradient: gradient(), hessian_vector: along };
  });
  if (!own) return [skip(name, "no function has this name")];
  const comparisons = Object.entries(own).map(async ([part, values]) =>
    near(`${name}, ${part}`, await read(values), await read(of(part)), 1e-4)
  );
  const found = await Promise.all(comparisons);
  dispose(own);
  return found;
}
