/**
 * The page's worker: everything that takes time, so that the page never does.
 *
 * @module
 */
import { buildClip, parseWeights, useBackend, wasmAt } from "../../core.ts";
import { drawnSets } from "../datasets/in_memory.ts";
import type { Reply, Request } from "./messages.ts";
import { offered } from "./offered.ts";
import { trainer } from "./trainer.ts";

const port = self as unknown as {
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage(reply: Reply): void;
};
const say = (reply: Reply) => port.postMessage(reply);

let works: ReturnType<typeof trainer> | undefined;
let before: Promise<void> = Promise.resolve();

async function answer(request: Request): Promise<void> {
  if (request.kind === "open") {
    wasmAt(request.program);
    const { device } = await useBackend(request.backend);
    works = trainer(buildClip(parseWeights(request.weights, "pocket")), say);
    say({ kind: "opened", device, sets: [...drawnSets], methods: offered() });
  } else if (request.kind === "choose") {
    await works!.choose(request.choice, request.shots, request.seed);
  } else if (request.kind === "train") await works!.train(request.told);
  else await works!.load(request.name, request.bytes);
}

port.onmessage = ({ data }) => {
  before = before.then(() => answer(data)).catch((error) => {
    say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  });
};
