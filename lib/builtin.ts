/**
 * node's own modules, asked for when something of them is used: Deno, Node and Bun have them, a browser has none. What
 * computes (`./core`) imports none of them, so that it loads everywhere; files are read and written with them.
 *
 * @module
 */
import { UserError } from "./errors.ts";

/** Those that are used in this way. */
interface Modules {
  "node:crypto": typeof import("node:crypto");
  "node:module": typeof import("node:module");
  "node:path": typeof import("node:path");
  "node:zlib": typeof import("node:zlib");
}

/**
 * A module of node's.
 *
 * @throws {UserError} in a browser
 */
export function builtin<Name extends keyof Modules>(name: Name): Modules[Name] {
  const found = hasBuiltins() ? globalThis.process.getBuiltinModule(name) : undefined;
  if (found !== undefined) return found as Modules[Name];
  throw new UserError(
    `This needs a program with files of its own (${name}), not a browser: run it under Deno.`,
  );
}

/** Whether there are such modules here. */
export function hasBuiltins(): boolean {
  return typeof globalThis.process?.getBuiltinModule === "function";
}
