/**
 * Asks Deno for nothing that the program was not started with: where a permission is missing, a backend is reported as
 * unavailable instead of stopping the program with a prompt.
 *
 * @module
 */
export { variable } from "../user_cache.ts";

/** Whether the program was started with this permission; elsewhere than under Deno there is nothing to ask for. */
export function permitted(permission: Deno.PermissionDescriptor): boolean {
  if (!("Deno" in globalThis)) return true;
  return Deno.permissions.querySync(permission).state === "granted";
}
