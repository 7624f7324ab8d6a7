/**
 * `deno task methods`: every method with its settings and presets, on the terminal or as docs/methods.md.
 *
 * @module
 */
import { method, methods } from "../methods/mod.ts";
import { useBackend } from "../tensor/mod.ts";
import { describe, methodsPage, methodsTable } from "./methods_page.ts";
import { argument, flag, parse, UsageError } from "./options.ts";
import { run } from "./run.ts";
import { print } from "../terminal.ts";

const options = {
  name: argument("NAME", "one method, such as prograd (default: all)", ""),
  list: flag("every method (as without a name)"),
  table: flag("a table: what each learns, costs and needs, and its published code's licence"),
  docs: flag("write docs/methods.md anew"),
};

const summary = "Says what each method learns, its settings with defaults, and its presets.";

/** Where the page lies, from the project's root. */
export const page: URL = new URL("../../docs/methods.md", import.meta.url);

/** What the command does with its arguments; `say` takes the lines of its output. */
export async function describeMethods(
  args: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const { name, list, table, docs } = parse("methods", options, args, summary);
  if ([name, list, table, docs].filter(Boolean).length > 1) {
    throw new UsageError(
      "methods: give a name or --list or --table or --docs. See methods --help.",
    );
  }
  if (table) {
    await useBackend("cpu");
    return say(methodsTable().join("\n"));
  }
  if (docs) {
    await useBackend("cpu");
    const unfinished = new URL(`${page.href}.new`);
    await Deno.writeTextFile(unfinished, methodsPage());
    await Deno.rename(unfinished, page);
    return say("Wrote docs/methods.md.");
  }
  say((name ? [method(name)] : methods).map(describe).join("\n\n"));
}

if (import.meta.main) await run(() => describeMethods(Deno.args, print));
