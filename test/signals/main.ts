/**
 * `deno task signals [COUNT] [SEED]`: a grid of all methods, killed COUNT times by SIGKILL, SIGTERM, SIGHUP and SIGINT at
 * random moments, once or twice in a row, on each backend that works here, by one command with two jobs and by two commands
 * side by side. Prints a line of JSON for each finding and one for each backend: it has to end with the numbers of a run
 * that nobody disturbed, and no process may crash on its way out.
 */
import process from "node:process";
import { argument, parse } from "../../lib/cli/options.ts";
import { run } from "../../lib/cli/run.ts";
import { methods } from "../../lib/methods/mod.ts";
import { Random } from "../../lib/random/mod.ts";
import { within } from "../../lib/waiting.ts";

const repository = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** Milliseconds for a process to be gone after a signal, on however busy a machine. */
const GONE = 120_000;

const signals = ["SIGKILL", "SIGTERM", "SIGHUP", "SIGINT"] as const;

/** What a process says that crashes: glibc, the kernel's signals as Deno tells them, Deno's own panics. */
const crash =
  /corrupt|free\(\)|malloc|double free|Segmentation|Aborted|core dumped|panicked|This is a bug|terminate called/i;

const options = {
  count: argument("COUNT", "signals for each backend", "50"),
  seed: argument("SEED", "of the random moments", "1"),
  backend: argument("BACKEND", "native or wasm alone", ""),
};

await run(() => main(Deno.args), () => "Nothing is kept.");

async function main(args: readonly string[]): Promise<number> {
  const { count, seed, backend } = parse("signals", options, args, "Kills a grid again and again.");
  let found = 0;
  for (const name of ["native", "wasm"].filter((name) => backend === "" || name === backend)) {
    found += await disturbed(name, Number(count), new Random(Number(seed)));
  }
  return found > 0 ? 1 : 0;
}

/** Disturbs the grid on a backend. → how much was found */
async function disturbed(backend: string, count: number, random: Random): Promise<number> {
  const root = await Deno.makeTempDir({ prefix: "plumbline-signals-" });
  const [whole, killed] = [`${root}/whole`, `${root}/killed`];
  let findings = 0;
  const tell = (finding: Record<string, unknown>) => {
    findings++;
    console.log(JSON.stringify({ backend, ...finding }));
  };
  const begun = performance.now();
  const first = await started(backend, whole, 2).end;
  if (first.code !== 0) {
    tell({ wrong: `the undisturbed run ended with ${first.code}: ${first.said}` });
    return findings;
  }
  const took = performance.now() - begun;
  const sent: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const signal = signals[i % signals.length]!;
    const twice = random.random() < 0.3;
    // One command with two processes of its own, or two commands.
    const running = random.random() < 0.6
      ? [started(backend, killed, 2)]
      : [started(backend, killed, 1), started(backend, killed, 1)];
    await pause(took * random.random() * 0.6);
    for (const one of running) one.send(signal);
    if (twice) {
      await pause(100 * random.random());
      for (const one of running) one.send(signal);
    }
    sent[signal] = (sent[signal] ?? 0) + 1;
    for (const one of running) {
      const { code, said, late } = await one.end;
      if (late) tell({ signal, wrong: `did not end within ${GONE / 1000} s` });
      if (code >= 132 && code <= 139 && code !== 137 || crash.test(said)) {
        tell({ signal, twice, code, wrong: `crashed: ${said.slice(-300)}` });
      }
    }
    await forget(killed, random);
  }
  const last = await started(backend, killed, 2).end;
  if (last.code !== 0) tell({ wrong: `the last run ended with ${last.code}: ${last.said}` });
  const { cells } = JSON.parse(await Deno.readTextFile(`${whole}/plan.json`));
  let differences = 0;
  for (const { id, cell } of cells) {
    const [a, b] = await Promise.all([numbers(whole, id), numbers(killed, id)]);
    if (a === b) continue;
    differences++;
    tell({ wrong: `${cell.method} has other numbers` });
  }
  console.log(JSON.stringify({ backend, sent, cells: cells.length, differences, findings }));
  await Deno.remove(root, { recursive: true });
  return findings;
}

/** A reproduction of all methods in a process group of its own, as a terminal starts one. */
function started(backend: string, out: string, jobs: number) {
  const args = [
    ...["run", "-P=reproduce", "--no-prompt", "lib/cli/reproduce.ts", "--backend", backend],
    ...["--protocol", "base-to-new", "--clip", "random", "--datasets", "pocket-tiles"],
    ...[
      "--methods",
      methods.map(({ name }) => name).join(","),
      "--epochs",
      "2",
      "--shots",
      "1",
      "--seeds",
      "1",
    ],
    ...["--jobs", String(jobs), "--out", out],
  ];
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: repository,
    env: { NO_COLOR: "1", PLUMBLINE_FEATURES: "off", LIBC_FATAL_STDERR_: "1" },
    ...{ stdin: "null", stdout: "null", stderr: "piped" },
    detached: true,
  }).spawn();
  const output = (async () => {
    const { code, stderr } = await child.output();
    return { code, said: new TextDecoder().decode(stderr), late: false };
  })();
  let signalled = false;
  return {
    send(signal: Deno.Signal) {
      signalled = true;
      try {
        process.kill(-child.pid, signal); // all of the group, as a terminal does
      } catch { /* it has ended */ }
    },
    end: within(output, {
      most: GONE,
      alive: () => signalled ? undefined : performance.now(),
      late: () => ({ code: -1, said: "", late: true }),
    }),
  };
}

/** Takes some of what is finished away, so that there is something left to do. */
async function forget(out: string, random: Random): Promise<void> {
  const names = await Array.fromAsync(Deno.readDir(`${out}/records`), ({ name }) => name)
    .catch(() => []);
  for (const name of names.sort()) {
    if (random.random() < 0.4) await Deno.remove(`${out}/records/${name}`).catch(() => {});
  }
}

/** What a cell came to, without times. */
async function numbers(out: string, id: string): Promise<string> {
  const { results, epochs } = JSON.parse(await Deno.readTextFile(`${out}/records/${id}.json`));
  const curves = epochs.map(({ seconds: _, ...epoch }: Record<string, unknown>) => epoch);
  return JSON.stringify([results, curves]);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
