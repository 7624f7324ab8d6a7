/**
 * Where the user stands. `deno task` runs a command in the project's folder, whatever folder it was called from; relative paths
 * count from where the user is.
 *
 * @module
 */
import { resolve } from "node:path";

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
export function goToUser(): void {
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
