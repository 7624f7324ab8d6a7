import { loadClip, useBackend } from "@plumbline/plumbline";
import { drawnShapes, drawShapes } from "@plumbline/plumbline/datasets";
import { openImages } from "@plumbline/plumbline/engine";

const { name } = await useBackend("wasm");
const clip = await loadClip("pocket");
await drawShapes("data");
const { test } = await drawnShapes.load("data");
using images = openImages(clip, { workers: 1 });
const features = await images.features(test.slice(0, 8).map(({ path }) => ({ path })));
console.log(name, features.length);
