/**
 * How to start another Deno.
 *
 * @module
 */

/** This Deno, or, where only its name is permitted, the one of that name on the path. */
export function denoPath(): string {
  const own = Deno.execPath();
  const { state } = Deno.permissions.querySync({ name: "run", command: own });
  return state === "granted" ? own : "deno";
}
