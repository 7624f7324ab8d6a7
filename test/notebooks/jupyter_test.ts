/** Jupyter's own libraries on our notebooks and kernel; skips with a message where Python lacks them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { denoPath } from "../../lib/deno_path.ts";
import { readNotebook, shelf } from "../../lib/jupyter/shelf.ts";
import { differences } from "../../lib/jupyter/stale.ts";
import { parseNotebook } from "../../lib/jupyter/ipynb.ts";

/** A Python with nbclient; CI makes one. */
const python = Deno.env.get("PLUMBLINE_TEST_PYTHON") ?? "python3";

async function say(code: string, env: Record<string, string> = {}): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(python, { args: ["-c", code], env })
    .output().catch(() => ({ success: false, stdout: new Uint8Array(), stderr: new Uint8Array() }));
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

const ready = await say("import nbclient, nbformat").then(() => true, () => false);
const skipped = ready
  ? ""
  : " (skipped: python3 -m pip install nbclient, or PLUMBLINE_TEST_PYTHON)";

Deno.test({
  name: `Jupyter finds every notebook valid${skipped}`,
  ignore: !ready,
  async fn() {
    await say(
      `import glob, nbformat\nfor f in glob.glob(${JSON.stringify(join(shelf, "*.ipynb"))}):\n` +
        "    nbformat.validate(nbformat.read(f, as_version=nbformat.NO_CONVERT))",
    );
  },
});

Deno.test({
  name:
    `the kernel that deno task jupyter installs runs a notebook in Jupyter as it does here${skipped}`,
  ignore: !ready,
  async fn() {
    const home = await Deno.makeTempDir();
    const env = { XDG_DATA_HOME: home };
    const command = decodeURIComponent(
      new URL("../../lib/cli/jupyter.ts", import.meta.url).pathname,
    );
    const installed = await new Deno.Command(denoPath(), {
      args: ["run", "-q", "-A", command, "--install-only"],
      env,
    }).output();
    assert.ok(installed.success, new TextDecoder().decode(installed.stderr));
    const name = "02_prograd_few_shot";
    const code = `
import nbclient, nbformat, sys
notebook = nbformat.read(${JSON.stringify(join(shelf, `${name}.ipynb`))}, as_version=4)
for cell in notebook.cells: cell.pop("outputs", None) if cell.cell_type != "code" else cell.update(outputs=[])
client = nbclient.NotebookClient(notebook, timeout=600, iopub_timeout=4, resources={"metadata": {"path": ${
      JSON.stringify(shelf)
    }}})
client.execute()
sys.stdout.write(nbformat.writes(notebook))`;
    const made = parseNotebook(await say(code, env), "what Jupyter made");
    const kept = await readNotebook(name);
    // Jupyter stops listening when the kernel says that it is idle, which loses some outputs: those it has are ours.
    const heard = {
      cells: kept.cells.map((cell, i) => ({
        ...cell,
        outputs: made.cells[i]!.outputs.length > 0 ? cell.outputs : [],
      })),
    };
    assert.deepEqual(differences(heard, made), []);
    await Deno.remove(home, { recursive: true });
  },
});
