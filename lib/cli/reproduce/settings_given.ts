/**
 * Settings given on the command line: `--set lambda=0.8`.
 *
 * @module
 */
import { nearest } from "../../errors.ts";
import { method } from "../../methods/mod.ts";
import { UsageError } from "../options.ts";

/**
 * Settings by name, their values read as JSON where they are JSON and as text where not.
 *
 * @throws {UsageError} when one is not KEY=VALUE, or no chosen method has it
 */
export function settingsGiven(given: string[], methods: string[]): Record<string, unknown> {
  const known = new Set(methods.flatMap((name) => Object.keys(method(name).settings)));
  return Object.fromEntries(given.map((text) => {
    const at = text.indexOf("=");
    const key = text.slice(0, at);
    if (at < 1) {
      throw new UsageError(
        `reproduce: --set takes KEY=VALUE, such as lambda=0.8: got ${JSON.stringify(text)}`,
      );
    }
    if (!known.has(key)) {
      const near = nearest(key, known);
      throw new UsageError(
        `reproduce: none of ${methods.join(", ")} has a setting ${key}: ${
          near ? `did you mean ${near}?` : `they have ${[...known].sort().join(", ")}`
        }`,
      );
    }
    return [key, value(text.slice(at + 1))];
  }));
}

function value(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
