/** Every optimiser against PyTorch's of the same settings (fixtures/optim/make_optimisers.py), step by step of changing rates. */
import assert from "node:assert/strict";
import { adam, adamw, grouped, type Optimiser, sgd } from "../../lib/optim/mod.ts";
import {
  dispose,
  mapTensors,
  memory,
  readSync,
  tensor,
  type Tensors,
  tidy,
  useBackend,
} from "../../lib/tensor/mod.ts";
import truth from "../fixtures/optim/optimisers.json" with { type: "json" };

const shapes: Record<string, number[]> = { "text.0": [2, 3], "norm.bias": [2] };

const cases: Record<keyof typeof truth.ends, Optimiser> = {
  "sgd": sgd(),
  "sgd without momentum": sgd({ momentum: 0, decay: 0.1 }),
  "adam": adam(),
  "adam with eps and decay": adam({ betas: [0.8, 0.95], eps: 1e-3, decay: 0.05 }),
  "adamw": adamw(),
  "adamw with eps and decay": adamw({ eps: 1e-4, decay: 0.2 }),
  "groups of adam": grouped((name) => name.startsWith("norm.") ? "norms" : "others", {
    norms: { optimiser: adam({ eps: 1e-3 }), rate: 0.1 },
    others: { optimiser: adam({ eps: 1e-3 }) },
  }),
};

const tensors = (values: Record<string, number[]>): Tensors =>
  Object.fromEntries(
    Object.entries(values).map(([name, x]) => [name, tensor(x, shapes[name]!)]),
  );

for (const [name, optimiser] of Object.entries(cases)) {
  Deno.test(`${name} leads where PyTorch's does, and leaves no tensors`, async () => {
    await useBackend("wasm");
    const before = memory().tensors;
    let params = tensors(truth.start);
    let state = tidy(() => optimiser.init(params));
    truth.gradients.forEach((given, step) => {
      const next = tidy(() => optimiser.update(tensors(given), state, params, truth.rates[step]!));
      dispose([params, state]);
      ({ params, state } = next);
    });
    for (const [key, expected] of Object.entries(truth.ends[name as keyof typeof truth.ends])) {
      const own = readSync(params[key]!);
      const start = truth.start[key as keyof typeof truth.start];
      expected.forEach((value, i) => {
        const moved = Math.abs(value - start[i]!);
        assert.ok(moved > 1e-4, `${key} moves`);
        const error = Math.abs(own[i]! - value);
        assert.ok(error < 1e-6 + 1e-5 * moved, `${key}[${i}] is ${own[i]}, PyTorch's ${value}`);
      });
    }
    dispose([params, state]);
    assert.equal(memory().tensors, before);
  });

  Deno.test(`${name} leaves a parameter without a gradient, and its memory, as they are`, async () => {
    await useBackend("wasm");
    const params = tensors(truth.start);
    const state = optimiser.init(params);
    const { "text.0": gradient } = tensors(truth.gradients[0]!);
    const next = optimiser.update({ "text.0": gradient! }, state, params, 0.1);
    assert.equal(next.params["norm.bias"], params["norm.bias"]);
    assert.notEqual(next.params["text.0"], params["text.0"]);
    for (const key of Object.keys(state).filter((key) => key.endsWith("norm.bias"))) {
      assert.equal(next.state[key], state[key], key);
    }
    assert.deepEqual(Object.keys(next.state).sort(), Object.keys(state).sort());
    dispose([params, state, next, gradient]);
  });
}

Deno.test("a state is read back as it was, and its shapes are its parameters'", async () => {
  await useBackend("wasm");
  const params = tensors(truth.start);
  const state = adam().init(params);
  assert.deepEqual(state["expAvg.text.0"]!.shape, [2, 3]);
  const copy = mapTensors(state, (x) => tensor(readSync(x), x.shape));
  const gradients = tensors(truth.gradients[0]!);
  const [one, two] = [state, copy].map((at) => adam().update(gradients, at, params, 0.1));
  assert.deepEqual(readSync(one!.params["text.0"]!), readSync(two!.params["text.0"]!));
  dispose([params, state, copy, gradients, one, two]);
});
