/**
 * Runs a command's main function and turns how it ends into what the shell and the reader see: an exit code and, for
 * what the user can put right, one line. The command runs where the user stands: `deno task` starts it in the project's folder,
 * whatever folder it was called from, and relative paths count from where the user is.
 *
 * @module
 */

import { resolve } from "node:path";
import { UserError } from "../errors.ts";
import { exitAtOnce } from "../exit.ts";
import { HelpRequest, UsageError } from "./options.ts";
import { print, tell } from "../terminal.ts";

/** How a command ended: the exit code, and what to print where. */
export interface Ending {
  code: number;
  stdout?: string;
  stderr?: string;
}

/**
 * Runs `main` and exits: 0 done (or the code that `main` gives, such as 1 for failed cells), 1 for a
 * {@linkcode UserError} or a bug, 2 for wrong usage, 130 for Ctrl-C, 143 for SIGTERM, 129 where the terminal goes; signals
 * end the process at once: files are written atomically, so there is nothing to tidy. `--debug` or a non-empty `PLUMBLINE_DEBUG` shows the stack of an error.
 *
 * @param kept what an interrupted command leaves behind, for the line that Ctrl-C prints; called at that moment
 */
export async function run(
  main: () => number | void | Promise<number | void>,
  kept: () => string = () => "Finished files are kept; the same command starts again.",
): Promise<never> {
  onSignal("SIGINT", () => leave({ code: 130, stderr: `Interrupted. ${kept()}` }));
  onSignal("SIGTERM", () => leave({ code: 143, stderr: `Ended by a signal. ${kept()}` }));
  onSignal("SIGHUP", () => leave({ code: 129, stderr: `Its terminal has gone. ${kept()}` }));
  try {
    goToUser();
    return leave({ code: await main() ?? 0 });
  } catch (error) {
    return leave(ending(error, wantsStack()));
  }
}

/** How a command ends that threw `error`; with its stack when `stack` is wanted. */
export function ending(error: unknown, stack: boolean): Ending {
  if (error instanceof HelpRequest) return { code: 0, stdout: error.message };
  const code = error instanceof UsageError ? 2 : 1;
  if (stack && error instanceof Error) return { code, stderr: error.stack ?? error.message };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UserError) return { code, stderr: message };
  const name = error instanceof Error ? error.name : "thrown";
  return {
    code,
    stderr: `Unexpected ${name}: ${message}\n` +
      "This is a bug in plumbline, not in what you did. Run the command again with --debug to see " +
      "the stack, and please report it.",
  };
}

/**
 * Exits and prints. `Deno.exit` sends `unload`, on which a running progress display first gives the cursor back; what is
 * printed here comes after it.
 */
function leave({ code, stdout, stderr }: Ending): never {
  globalThis.addEventListener("unload", () => {
    if (stderr !== undefined) tell(stderr);
    if (stdout !== undefined) print(stdout);
    // What ends early may end while native code computes.
    if (code !== 0) exitAtOnce(code);
  });
  Deno.exit(code);
}

function onSignal(signal: Deno.Signal, listener: () => void): void {
  try {
    Deno.addSignalListener(signal, listener);
  } catch {
    // Windows knows only some.
  }
}

function wantsStack(): boolean {
  return Deno.args.includes("--debug") || (Deno.env.get("PLUMBLINE_DEBUG") ?? "") !== "";
}

/** What `deno task` and npm write the user's folder into. */
const CALLED_FROM = "INIT_CWD";

/** The project's folder, or undefined where the module is not on disk. */
const project = import.meta.url.startsWith("file:")
  ? decodeURIComponent(new URL("../../", import.meta.url).pathname)
  : undefined;

/**
 * Goes to the folder that a task was called from. Anything but `deno task`, which runs commands in the project's folder, has gone to
 * its folder itself; what this process starts is not to go anywhere.
 */
function goToUser(): void {
  const from = Deno.env.get(CALLED_FROM);
  if (!from || project === undefined || resolve(Deno.cwd()) !== resolve(project)) return;
  Deno.env.delete(CALLED_FROM);
  if (resolve(from) === resolve(project)) return;
  try {
    Deno.chdir(from);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error; // a folder that is gone
  }
}
