/**
 * `deno task jupyter`: installs Deno's Jupyter kernel where it is not there yet, and opens the notebooks in JupyterLab.
 *
 * @module
 */
import { homedir } from "node:os";
import { join } from "node:path";
import { readText } from "../bounds.ts";
import { UserError } from "../errors.ts";
import { denoPath } from "../deno_path.ts";
import { writeWhole } from "../protocols/files.ts"; // not mod.ts: it would load native code
import { shelf } from "../jupyter/shelf.ts";
import { flag, parse } from "./options.ts";
import { run } from "./run.ts";
import { tell } from "../terminal.ts";

const options = { installOnly: flag("install the kernel and open nothing") };

const summary = "Installs Deno's Jupyter kernel and opens the notebooks in JupyterLab.";

/**
 * Runs the command. → exit code: JupyterLab's
 *
 * @throws {UserError} when the kernel cannot be installed, or JupyterLab is not there: says what else opens notebooks
 */
export async function jupyter(
  args: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const { installOnly } = parse("jupyter", options, args, summary);
  const kernel = await installKernel();
  say(kernel.made ? `Installed the kernel: ${kernel.file}` : `The kernel is there: ${kernel.file}`);
  if (installOnly) return 0;
  try {
    const lab = new Deno.Command("jupyter", { args: ["lab", join(shelf, "01_quickstart.ipynb")] });
    return (await lab.spawn().status).code;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError(
      "JupyterLab is not installed: python3 -m pip install jupyterlab, and run this again. VS Code with its Jupyter " +
        `extension opens ${shelf} too, and ${join(shelf, "html")} reads without either.`,
    );
  }
}

/** Has a kernel called deno installed for this user; one that is there already is the user's, and left as it is. */
async function installKernel(): Promise<{ file: string; made: boolean }> {
  const file = join(jupyterData(), "kernels", "deno", "kernel.json");
  if (await Deno.stat(file).then(() => true, () => false)) return { file, made: false };
  const { success, stderr } = await new Deno.Command(denoPath(), {
    args: ["jupyter", "--install"],
    env: { NO_COLOR: "1" },
  }).output();
  const spec = success && await readText(file).catch(() => undefined);
  if (!spec) {
    const [said] = new TextDecoder().decode(stderr).trim().split("\n");
    throw new UserError(
      `deno jupyter --install did not make ${file}: ${said || "no reason given"}`,
    );
  }
  // Errors are to be kept in notebooks without the colour codes of terminals.
  await writeWhole(file, JSON.stringify({ ...JSON.parse(spec), env: { NO_COLOR: "1" } }, null, 2));
  return { file, made: true };
}

/** Where Jupyter keeps a user's data (jupyter_core's `jupyter_data_dir`). */
function jupyterData(): string {
  if (Deno.build.os === "darwin") return join(homedir(), "Library", "Jupyter");
  if (Deno.build.os === "windows") {
    return join(Deno.env.get("APPDATA") ?? join(homedir(), "AppData", "Roaming"), "jupyter");
  }
  return join(Deno.env.get("XDG_DATA_HOME") ?? join(homedir(), ".local", "share"), "jupyter");
}

if (import.meta.main) await run(() => jupyter(Deno.args, tell));
