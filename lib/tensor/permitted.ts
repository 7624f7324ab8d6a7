/**
 * Asks Deno for nothing that the program was not started with: where a permission is missing, a backend is reported as
 * unavailable instead of stopping the program with a prompt.
 *
 * @module
 */

/** An environment variable, or undefined where it is unset, empty or may not be read. */
export function variable(name: string): string | undefined {
  if (!permitted({ name: "env", variable: name })) return undefined;
  return Deno.env.get(name) || undefined;
}

/** Whether the program was started with this permission. */
export function permitted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}
