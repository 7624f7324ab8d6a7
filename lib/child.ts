/**
 * Other programs, run to their end or to the end of a time: a scheduler that hangs must not hold a run.
 *
 * @module
 */
import { within } from "./waiting.ts";

/** What a program gave. */
export interface ChildOutput {
  /** How it ended: 0 is success. */
  code: number;
  stdout: string;
  stderr: string;
  /** Milliseconds after which it was ended, where it did not end by itself. */
  late?: number;
}

/** How it is run. */
export interface ChildOptions {
  /** Milliseconds that it may take. */
  most: number;
  /** Anything that changes while it gets on: each change starts the time anew. */
  alive?: (() => unknown) | undefined;
  cwd?: string | undefined;
  env?: Record<string, string>;
}

/** Bytes of output that are kept; what comes beyond is dropped. */
const MOST_OUTPUT = 64 * 2 ** 20;

/**
 * Runs a program without input and gives what it wrote. One that is not done in time is killed, and not waited for even
 * where its own children hold on to its output.
 *
 * @throws {Deno.errors.NotFound} when there is no such program
 */
export async function runChild(
  program: string,
  args: readonly string[],
  { most, alive, cwd, env }: ChildOptions,
): Promise<ChildOutput> {
  const child = new Deno.Command(program, {
    ...cwd !== undefined && { cwd },
    ...env && { env },
    ...{ args: [...args], stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
  const [stdout, stderr] = [collected(child.stdout), collected(child.stderr)];
  const ending = (async (): Promise<ChildOutput> => {
    const [{ code }] = await Promise.all([child.status, stdout.done, stderr.done]);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  })();
  return await within(ending, {
    most,
    alive,
    late(waited) {
      kill(child);
      stdout.stop();
      stderr.stop();
      return { code: -1, stdout: stdout.text(), stderr: stderr.text(), late: waited };
    },
  });
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.unref();
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
}

/** Gathers a stream until it ends or is stopped. */
function collected(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let kept = 0;
  const done = (async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const chunk = next.value.subarray(0, MOST_OUTPUT - kept);
      if (chunk.length > 0) chunks.push(chunk);
      kept += chunk.length;
    }
  })();
  done.catch(() => {});
  return {
    done,
    text: () => new TextDecoder().decode(joined(chunks, kept)),
    stop: () => reader.cancel().catch(() => {}),
  };
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  chunks.reduce((at, chunk) => (whole.set(chunk, at), at + chunk.length), 0);
  return whole;
}
