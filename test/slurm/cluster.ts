/**
 * A Slurm cluster of one node for tests: munged, slurmctld and slurmd of this user's own, in a temporary folder, without
 * systemd and without accounting. https://slurm.schedmd.com/slurm.conf.html
 */
import { join } from "node:path";

/** Milliseconds after which something hangs. */
export const PATIENCE = 600_000;

/** A running cluster. Its commands find it through SLURM_CONF, which is set while it runs. */
export interface Cluster extends AsyncDisposable {
  /** Runs one of Slurm's commands and gives what it printed. Throws when it fails. */
  slurm(program: string, ...args: string[]): Promise<string>;
  /** Kills a running task with all its processes, as the system does when memory is short. */
  killTask(): Promise<void>;
  /** The node's power goes: its daemon and all that runs there are killed, and Slurm is told. → tasks killed, and put back into the queue */
  cutNode(): Promise<{ killed: number; requeued: number }>;
  /** The node comes back, and what was requeued may start at once. */
  restoreNode(): Promise<void>;
  /** The controller stops. */
  stopController(): Promise<void>;
  startController(): Promise<void>;
}

/** The program that lacks for a cluster, if one does. */
export function lacking(): string | undefined {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/sbin"];
  return ["munged", "slurmctld", "slurmd", "sbatch"].find((program) =>
    !folders.some((folder) => isFile(join(folder, program)))
  );
}

/**
 * Starts a cluster whose node has two cores.
 *
 * @param maxArraySize tasks an array may have
 */
export async function startCluster(maxArraySize: number): Promise<Cluster> {
  const root = await Deno.makeTempDir({ prefix: "slurm" });
  await Deno.chmod(root, 0o755);
  await Deno.mkdir(join(root, "state"));
  await Deno.mkdir(join(root, "spool"));
  await Deno.writeFile(join(root, "key"), crypto.getRandomValues(new Uint8Array(1024)), {
    mode: 0o600,
  });
  const conf = join(root, "slurm.conf");
  await Deno.writeTextFile(conf, await configuration(root, maxArraySize));
  Deno.env.set("SLURM_CONF", conf);
  Deno.env.set("PATH", `${Deno.env.get("PATH")}:/usr/sbin:/sbin`);
  const startNode = () => command("slurmd", "-N", "node1");
  const startController = async () => {
    await command("slurmctld");
    await until(() => command("scontrol", "ping").then((text) => /is UP/.test(text), () => false));
  };
  const killTasks = async () => {
    const tasks = await tasksOf(root);
    for (const { step, processes } of tasks) {
      for (const pid of [step, ...processes]) kill(pid, "SIGKILL");
    }
    return tasks.length;
  };
  const jobs = async (state: string) =>
    (await command("squeue", "--noheader", "--array", `--states=${state}`, "--format=%A"))
      .split("\n").filter((line) => line !== "");
  // A script and what it started: the task is past its launch.
  const computing = async () => (await tasksOf(root)).some(({ processes }) => processes.length > 1);
  const node = (state: string) => async () =>
    (await command("sinfo", "--noheader", "--format=%T")).trim().startsWith(state);
  const stop = async () => {
    await killTasks();
    for (const daemon of ["slurmd", "slurmctld", "munged"]) {
      await end(join(root, `${daemon}.pid`), "SIGTERM");
    }
    Deno.env.delete("SLURM_CONF");
    await Deno.remove(root, { recursive: true }).catch(() => {});
  };
  try {
    await munged(root);
    await startController();
    await startNode();
    await until(node("idle"));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    slurm: command,
    startController,
    stopController: () => end(join(root, "slurmctld.pid"), "SIGTERM"),
    async killTask() {
      await until(computing);
      for (const pid of (await tasksOf(root))[0]!.processes) kill(pid, "SIGKILL");
    },
    async cutNode() {
      await until(computing);
      const ran = await jobs("R");
      await end(join(root, "slurmd.pid"), "SIGKILL");
      const killed = await killTasks();
      await command("scontrol", "update", "nodename=node1", "state=down", "reason=test");
      const waiting = await jobs("PD");
      return { killed, requeued: ran.filter((job) => waiting.includes(job)).length };
    },
    async restoreNode() {
      await startNode();
      await until(node("idle"));
      // Slurm holds what it requeued for two minutes, so that its orders to end what was lost don't hit the new start:
      // they come as soon as the node is back.
      await new Promise((resolve) => setTimeout(resolve, 4000));
      for (const job of await jobs("PD")) {
        await command("scontrol", "update", `jobid=${job}`, "StartTime=now").catch(() => {});
      }
    },
    async [Symbol.asyncDispose]() {
      await command("scancel", "--user", String(Deno.uid())).catch(() => {});
      await stop();
    },
  };
}

/** Waits for `holds`; so long that only what hangs is given up, however busy the machine is. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const begun = performance.now(); !await holds();) {
    if (performance.now() - begun > PATIENCE) throw new Error(`waited in vain for ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A task on the node: its processes, and Slurm's daemon that looks after them. */
interface Task {
  step: number;
  processes: number[];
}

/** The tasks of the cluster in `root`, known by the environment of their processes. */
async function tasksOf(root: string): Promise<Task[]> {
  const rows = (await command("ps", "axeww", "-o", "pid=,ppid=,command=")).split("\n")
    .map((line) => line.trim().match(/^(\d+) +(\d+) (.*)$/))
    .flatMap((found) => found ? [{ pid: +found[1]!, parent: +found[2]!, text: found[3] }] : []);
  const steps = rows.filter(({ text }) => text!.startsWith("slurmstepd: "));
  const own = rows.filter(({ text }) =>
    text!.includes(` SLURM_CONF=${root}/`) && text!.includes(" SLURM_JOB_ID=")
  );
  return steps.map(({ pid: step }) => {
    const processes = [step];
    for (const pid of processes) {
      processes.push(...own.filter(({ parent }) => parent === pid).map(({ pid }) => pid));
    }
    return { step, processes: processes.slice(1) };
  }).filter(({ processes }) => processes.length > 0);
}

async function configuration(root: string, maxArraySize: number): Promise<string> {
  const host = (await command("hostname", "-s")).trim();
  const user = (await command("id", "-un")).trim();
  const [controller, daemon] = freePorts(2);
  return `
ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controller}
SlurmdPort=${daemon}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=${root}/munged.socket
StateSaveLocation=${root}/state
SlurmdSpoolDir=${root}/spool
SlurmctldPidFile=${root}/slurmctld.pid
SlurmdPidFile=${root}/slurmd.pid
SlurmctldLogFile=${root}/slurmctld.log
SlurmdLogFile=${root}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
MessageTimeout=10
KillWait=1
MaxArraySize=${maxArraySize}
NodeName=node1 NodeHostname=${host} NodeAddr=127.0.0.1 CPUs=2
PartitionName=main Nodes=ALL Default=YES State=UP
`;
}

async function munged(root: string): Promise<void> {
  const file = (name: string) => join(root, name);
  await command(
    "munged",
    "--force",
    `--key-file=${file("key")}`,
    `--socket=${file("munged.socket")}`,
    `--pid-file=${file("munged.pid")}`,
    `--log-file=${file("munged.log")}`,
    `--seed-file=${file("munged.seed")}`,
  );
}

/** Ports that nothing listens on now. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ port: 0 }));
  const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}

async function command(program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const text = new TextDecoder().decode(stdout);
  if (!success) {
    throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
  return text;
}

/** Ends the daemon whose number the file holds, and waits until it is gone. */
async function end(pidFile: string, signal: Deno.Signal): Promise<void> {
  const pid = Number.parseInt(await read(pidFile));
  if (Number.isNaN(pid)) return;
  kill(pid, signal);
  const state = () => command("ps", "-o", "stat=", "-p", String(pid)).catch(() => "Z");
  await until(async () => (await state()).startsWith("Z"));
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A file's text; nothing when it can't be read. */
async function read(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
