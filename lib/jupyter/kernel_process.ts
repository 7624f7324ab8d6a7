/**
 * The process of a Deno kernel, and reaching it.
 *
 * @module
 */
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { denoPath } from "../deno_path.ts";

/** Milliseconds for a kernel to answer at all. */
export const START = 60_000;

/** The kernel's process; the file that tells it its ports and key is readable for this user alone. */
export async function spawnKernel(cwd: string, env: Record<string, string>, connection: string) {
  const folder = await Deno.makeTempDir({ prefix: "plumbline-kernel-" });
  const file = join(folder, "connection.json");
  await Deno.writeTextFile(file, connection, { mode: 0o600 });
  const process = new Deno.Command(denoPath(), {
    args: ["jupyter", "--kernel", "--conn", file],
    ...{ cwd, env: { ...env, NO_COLOR: "1" } },
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
  }).spawn();
  const complaint = new Response(process.stderr).text();
  const died = process.status.then(async () => {
    const said = (await complaint).trim().split("\n").at(-1);
    throw new UserError(`the kernel stopped: ${said || "it gave no reason"}`);
  });
  died.catch(() => {}); // whoever waits for the kernel hears it too
  const kill = async () => {
    try {
      process.kill("SIGKILL");
    } catch { /* it is gone */ }
    await process.status;
    await complaint;
    await Deno.remove(folder, { recursive: true });
  };
  return { died, kill };
}

/** Ports that nobody listens on at this moment. */
export function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ port: 0, hostname: "127.0.0.1" }),
  );
  for (const listener of listeners) listener.close();
  return listeners.map(({ addr }) => addr.port);
}

/** Tries again while nothing listens yet. */
export async function whenListening<T>(
  attempt: () => Promise<T>,
  died: Promise<never>,
): Promise<T> {
  for (const begun = Date.now();;) {
    try {
      return await attempt();
    } catch (error) {
      const early = error instanceof Deno.errors.ConnectionRefused;
      if (!early || Date.now() - begun > START) throw error;
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 50)), died]);
    }
  }
}
