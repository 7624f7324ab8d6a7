/**
 * The analyses against what the published code (published) and a plain PyTorch re-implementation (fixtures) recorded step
 * by step: cosines of ProGrad's two gradients, ProMetaR's inner gradients, outer loss and both steps.
 */

import assert from "node:assert/strict";
import { conflictOf } from "../../lib/analysis/conflicts.ts";
import { expand } from "../../lib/analysis/expansion.ts";
import { probeOf } from "../../lib/analysis/probe.ts";
import { iteration } from "../../lib/analysis/updates.ts";
import { methodSettings } from "../../lib/parity/settings.ts";
import { readImageFeatures, readInputs } from "../../lib/parity/inputs.ts";
import { type ParityFolder, readFolder } from "../../lib/parity/manifest.ts";
import { readTrajectory, type Trajectory } from "../../lib/parity/recorded.ts";
import {
  type Batch,
  headed,
  innerProduct,
  type Learner,
  method,
  resolveSettings,
  stateAt,
  type Task,
  type Vectors,
} from "../../lib/methods/mod.ts";
import { dispose, readSync, tensor, type Tensors, tidy, useBackend } from "../../lib/tensor/mod.ts";
import { writeSeededClip } from "../cli/seeded_clip.ts";
import { publishedPath } from "../published.ts";

interface Recorded {
  task: Task;
  settings: Record<string, unknown>;
  learner: Learner;
  trajectory: Trajectory;
  draws: ParityFolder["records"][number]["draws"];
  batch(step: number): Batch;
}

/** A record with what replays it; inside, tensors are the test's. */
async function recorded(folder: ParityFolder, name: string): Promise<Recorded> {
  await useBackend("wasm");
  const record = folder.records.find((record) => record.name === name)!;
  const trajectory = await readTrajectory(folder, record, await folder.open(record.file));
  const chosen = method(String(record.method));
  const settings = resolveSettings(chosen, methodSettings(chosen.name, record.settings ?? {}));
  const clip = await folder.clip(String(record.weights));
  const template = String(record.settings?.template ?? "a photo of a {}.");
  const task = { clip, classNames: record.classNames ?? folder.classNames, template };
  const inputs = await readInputs(folder, record.batchSize, record.inputs);
  const featuresOf = await readImageFeatures(folder, record, clip);
  return {
    ...{ task, settings, trajectory, draws: record.draws },
    learner: chosen.learner(task, settings),
    batch(step) {
      const images = inputs(step);
      const labels = record.draws?.[step]?.labels ?? images.labels;
      return { ...images, labels, features: featuresOf(step, images.pixels!) };
    },
  };
}

const at = { epoch: 0, step: 0, steps: 1, loss: 0 };

function close(own: number, theirs: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(own - theirs) <= tolerance, `${what}: ${own}, recorded ${theirs}`);
}

async function conflictsAgree(folder: ParityFolder, name: string): Promise<void> {
  const { task, learner, trajectory, batch } = await recorded(folder, name);
  const width = task.clip.text.width;
  trajectory.steps.forEach((step, i) => {
    const theirs = Object.fromEntries(step) as Vectors;
    const own: Record<string, Float32Array> = {};
    tidy(() => {
      const row = i === 0
        ? trajectory.start["text.0"]!.data
        : trajectory.steps[i - 1]!.get("param/text.0")!;
      const params = { "text.0": tensor(row, trajectory.start["text.0"]!.shape) };
      learner.step!(stateAt(learner, params), batch(i), {
        rate: 0,
        observe: (name, x) => own[name] = readSync(x).slice(),
      });
    });
    const [ours, recorded] = [conflictOf(at, own, width), conflictOf(at, theirs, width)];
    close(ours.cosine, recorded.cosine, 1e-4, `cosine of step ${i}`);
    close(ours.removed, recorded.removed, 1e-4, `removed in step ${i}`);
    const published = theirs["conflict/cosine"]?.[0];
    if (published !== undefined) close(recorded.cosine, published, 1e-6, `recorded cosine ${i}`);
    const conflict = recorded.cosine < 0;
    assert.equal(ours.removed > 1e-5, conflict, "something is removed where they conflict");
  });
  learner.dispose();
}

/** The first iteration: from its record alone the reading, the outer loss after the inner step, and the shares. */
async function iterationAgrees(folder: ParityFolder, name: string): Promise<void> {
  const { task, settings, trajectory, draws, batch } = await recorded(folder, name);
  const { query_ids, support_ids, lam, mix_ids } = draws![0]!;
  const virtual = { query: query_ids!, support: support_ids!, shares: lam!, partners: mix_ids! };
  const theirs = Object.fromEntries(trajectory.steps[0]!) as Vectors;
  const middle = headed("batch/param/", theirs);
  using probe = probeOf(task, settings);
  const params: Tensors = Object.fromEntries(
    Object.entries(trajectory.start).map(([name, { shape, data }]) => [
      name,
      tensor(middle[name] ?? data, shape),
    ]),
  );
  const images = tidy(() => batch(0));
  const reading = await probe.read(params, images, virtual);
  const [support, taken] = [headed("inner/task/", theirs), headed("inner/gradient/", theirs)];
  for (const [name, x] of Object.entries(support)) {
    const scale = Math.sqrt(innerProduct({ x }, { x }));
    Array.from(x).forEach((value, i) => {
      close(reading.support[name]![i]!, value, 2e-4 * scale, `∇L_s ${name}`);
      close(reading.modulated[name]![i]!, taken[name]![i]! - value, 2e-4 * scale, `M(g_R) ${name}`);
    });
  }
  const alpha = Number(settings.innerRate);
  const [point] = await expand(probe, params, images, virtual, [alpha]);
  close(point!.exact, theirs["outer/loss"]![0]!, 2e-5, "outer loss");
  dispose([params, images]);
  const meta = Object.fromEntries(
    Object.entries(headed("outer/gradient/", theirs)).filter(([name]) =>
      !name.startsWith("modulation.")
    ),
  );
  const { shares, metaToMomentum } = iteration({
    start: Object.fromEntries(Object.keys(middle).map((n) => [n, trajectory.start[n]!.data])),
    middle,
    end: headed("outer/param/", theirs),
    buffer: headed("batch/momentum/", theirs),
    meta,
    regularised: true,
  }, trajectory.rates[0]!);
  close(shares.regularised + shares.momentum + shares.meta + shares.decay, 1, 1e-4, "shares");
  assert.ok(metaToMomentum > 0);
}

const seeded = await Deno.makeTempDir();

/** The committed records, beside the weights and images they were made with. */
async function fixtures(): Promise<ParityFolder> {
  await writeSeededClip(seeded);
  const from = new URL("../fixtures/parity/", import.meta.url);
  for await (const { name } of Deno.readDir(from)) {
    await Deno.copyFile(new URL(name, from), `${seeded}/${name}`);
  }
  return await readFolder(seeded);
}

Deno.test("ProGrad's cosines and what it removes are those of a plain re-implementation", async () => {
  const folder = await fixtures();
  await conflictsAgree(folder, "prograd_pets_l0.5_t2");
  folder.dispose();
});

Deno.test("ProMetaR's inner gradients and outer loss are those of a plain re-implementation", async () => {
  const folder = await fixtures();
  await iterationAgrees(folder, "prometar_d1_g8_amplified");
  await iterationAgrees(folder, "prometar_d2_g16_first");
  folder.dispose();
});

Deno.test("and those of the published code", async () => {
  const folder = await readFolder(publishedPath());
  await conflictsAgree(folder, "prograd_rn_caltech_l0.8");
  await iterationAgrees(folder, "prometar_vit_d2_amplified");
  folder.dispose();
});
