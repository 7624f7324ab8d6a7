/** Bundled for a page: trains on what the page fetches from where it came from. */
import { wasmAt } from "../../core.ts";
import { type Outcome, trainAnywhere } from "./training.ts";

/** Called by the test, through the browser. */
async function train(backend: string): Promise<Outcome> {
  wasmAt(new URL("/backend.wasm", location.href).href);
  const weights = await (await fetch("/pocket.safetensors")).arrayBuffer();
  return await trainAnywhere(new Uint8Array(weights), backend);
}

Object.assign(globalThis, { train });
