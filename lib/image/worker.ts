/**
 * The worker's side of {@link module:loader}: reads the images it is sent, two at a time, so that one decodes while the
 * other is resized, and sends each view back without copying it.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { type ImageJob, inLanes, readImage } from "./read.ts";

/** What a worker is asked. */
export interface Request {
  id: number;
  job: ImageJob;
  size: number;
}

/** What it answers: the view, or the message of the error and whether that is a {@link UserError}. */
export type Reply =
  | { id: number; view: Float32Array<ArrayBuffer> }
  | { id: number; error: string; user: boolean };

const port = self as unknown as {
  onmessage: (event: MessageEvent<Request>) => void;
  postMessage(reply: Reply, transfer: Transferable[]): void;
};

const read = inLanes(2, ({ job, size }: Request) => readImage(job, size));

port.onmessage = async ({ data: request }) => {
  const { id } = request;
  try {
    const view = await read(request) as Float32Array<ArrayBuffer>;
    port.postMessage({ id, view }, [view.buffer]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ id, error: message, user: error instanceof UserError }, []);
  }
};
