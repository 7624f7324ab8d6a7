/**
 * The worker's side of `drawAhead`: draws the pairs it is asked for and hands their pixels over without copying.
 *
 * @module
 */
import { drawPairs, type Draws } from "./draw.ts";

const port = self as unknown as {
  onmessage: (event: MessageEvent<Draws>) => void;
  postMessage(reply: unknown, transfer: Transferable[]): void;
};

port.onmessage = ({ data }) => {
  const pairs = drawPairs(data);
  port.postMessage(pairs, [pairs.pixels.buffer]);
};
