/** Run by Node and by Bun: trains and prints what it came to. */
import { readFileSync } from "node:fs";
import { trainAnywhere } from "./training.ts";

const weights = readFileSync(new URL("../../data/pocket/pocket.safetensors", import.meta.url));
console.log(JSON.stringify(await trainAnywhere(new Uint8Array(weights), "wasm")));
