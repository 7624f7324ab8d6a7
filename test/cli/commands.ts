/** Starts commands as a user does, in processes of their own. */
import project from "../../deno.json" with { type: "json" };

const repository = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** Where this process's runs find the smallest drawn data set. */
const drawn = await Deno.makeTempDir();

/** Options of runs on weights that know nothing and on twelve classes: base-to-new, the machinery alone. */
export const small = ["--backend", "wasm", "--clip", "random", "--data", `pocket-tiles=${drawn}`];

/** Options of a run that is soon done, on whatever it is. */
export const brief = ["--backend", "wasm", "--epochs", "1", "--seeds", "1"];

/** Options of a run that is soon done. */
export const quick = [...small, "--epochs", "1", "--seeds", "1"];

/** The permission set of lib/cli/`command`.ts: its task's; `cell`, which is none, has one of its name. */
export function setOf(command: string): string {
  const tasks: Record<string, { command: string } | undefined> = project.tasks;
  return /-P=([\w-]+)/.exec(tasks[command]?.command ?? "")?.[1] ?? command;
}

/** Starts lib/cli/`command`.ts. */
export function start(command: string, args: string[], flags: string[] = []): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      `-P=${setOf(command)}`,
      "--no-prompt",
      ...flags,
      `lib/cli/${command}.ts`,
      ...args,
    ],
    cwd: repository,
    env: { NO_COLOR: "1", PLUMBLINE_FEATURES: "off" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits for its end. → exit code, lines of stderr, and of stdout */
export async function ended(
  process: Deno.ChildProcess,
): Promise<{ code: number; lines: string[]; printed: string[] }> {
  const { code, stdout, stderr } = await process.output();
  const linesOf = (bytes: Uint8Array) =>
    new TextDecoder().decode(bytes).split("\n")
      .filter((line) => line !== "" && !line.startsWith("Warning Permissions in the config"));
  return { code, lines: linesOf(stderr), printed: linesOf(stdout) };
}

/** How many files in a folder have the extension. */
export function countFiles(folder: string, extension = ".json"): number {
  try {
    return [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(extension)).length;
  } catch {
    return 0;
  }
}
