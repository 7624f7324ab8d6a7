/**
 * Many tensors as one vector: an optimiser's few operations on it cost less than the same on each of them.
 *
 * @module
 */
import { concat, nameTensors, reshape, slice, type Tensor, type Tensors } from "../tensor/mod.ts";

/** The entries of all tensors as one vector, one tensor after the other. */
export function flatten(tensors: Tensor[]): Tensor {
  return concat(tensors.map((x) => reshape(x, [x.size])), 0);
}

/** The tensors that {@link flatten} was given, by name and in the shapes of `like`. */
export function unflatten(flat: Tensor, like: Tensors, names: string[]): Tensors {
  let at = 0;
  return nameTensors(
    names,
    names.map((name) => {
      const { shape, size } = like[name]!;
      at += size;
      return reshape(slice(flat, 0, at - size, size), shape);
    }),
  );
}
