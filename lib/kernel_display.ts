/**
 * What a notebook's kernel shows below a cell: the kernel, if there is one, and a place there that is written again and again.
 *
 * @module
 */

/** Representations of one thing by MIME type. */
export type MimeBundle = Record<string, string>;

/** What is used of a notebook's kernel. */
export interface Jupyter {
  /** Shows something below the cell. */
  display(bundle: MimeBundle, options: { raw: true }): Promise<void>;
  /** Sends a message of Jupyter's protocol. */
  broadcast(type: string, content: Record<string, unknown>): Promise<void> | void;
}

/** The notebook's kernel. Elsewhere there is none, and to ask for it is an error. */
export function kernel(): Jupyter | undefined {
  try {
    return (Deno as { jupyter?: Jupyter }).jupyter;
  } catch {
    return undefined;
  }
}

/** Milliseconds between two updates. */
const PAUSE = 250;

/**
 * A place below the cell whose content is replaced by each call, at most four times a second.
 *
 * @param jupyter the kernel
 * @returns takes the content, which is made only when it is shown; one that is the last is shown in any case
 */
export function movingDisplay(jupyter: Jupyter): (make: () => MimeBundle, isLast: boolean) => void {
  const id = crypto.randomUUID();
  let last = -Infinity;
  let shown = false;
  return (make, isLast) => {
    if (!isLast && performance.now() - last < PAUSE) return;
    last = performance.now();
    const content = { data: make(), metadata: {}, transient: { display_id: id } };
    // Not awaited: what runs does not wait for who looks on.
    const type = shown ? "update_display_data" : "display_data";
    Promise.resolve(jupyter.broadcast(type, content)).catch(() => {});
    shown = true;
  };
}
