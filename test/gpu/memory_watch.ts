/** The GPU's memory in use while something runs, by NVIDIA's own tool, where that is. */

/** Samples twice a second until it is disposed of. */
export interface MemoryWatch extends Disposable {
  /** Bytes in use at most, of all processes; undefined where there is no tool. */
  most(): number | undefined;
}

export function memoryWatch(): MemoryWatch {
  const query = ["--query-gpu=memory.used", "--format=csv,noheader,nounits", "--loop-ms=500"];
  let most: number | undefined;
  let process: Deno.ChildProcess | undefined;
  try {
    process = new Deno.Command("nvidia-smi", { args: query, stdout: "piped", stderr: "null" })
      .spawn();
  } catch {
    return { most: () => undefined, [Symbol.dispose]: () => {} };
  }
  const reading = (async () => {
    for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream())) {
      for (const line of chunk.split("\n")) {
        const mebibytes = Number.parseInt(line);
        if (mebibytes >= 0) most = Math.max(most ?? 0, mebibytes * 2 ** 20);
      }
    }
  })();
  reading.catch(() => {});
  return {
    most: () => most,
    [Symbol.dispose]() {
      try {
        process.kill();
      } catch {
        // It has ended.
      }
    },
  };
}
