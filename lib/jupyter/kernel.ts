/**
 * A Deno kernel of Jupyter's, run and spoken to without Jupyter: Deno has the kernel, and what its client needs is
 * {@linkcode connect} and some JSON. So notebooks run where Deno runs, with nothing to install.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { UserError } from "../errors.ts";
import type { Output } from "./ipynb.ts";
import { freePorts, spawnKernel, START, whenListening } from "./kernel_process.ts";
import { listen, type Listener, type Message, signed, type Wire } from "./messages.ts";
import { collector } from "./outputs.ts";
import { connect, type Socket } from "./zmtp.ts";

/** A kernel in a process of its own. */
export interface Kernel extends AsyncDisposable {
  /**
   * Runs the code of a cell. → its outputs; the last is an error where it threw
   *
   * @param limit milliseconds
   * @throws {UserError} when the kernel dies or is not done in time
   */
  execute(code: string, limit: number): Promise<Output[]>;
}

/** Milliseconds to wait for outputs that come after "idle": they do come, however busy the machine is. */
const SETTLE = 60_000;

/**
 * Starts a fresh kernel.
 *
 * @param cwd where the notebook lies: its imports start there
 * @param env what the kernel's process gets besides the environment of this one
 * @throws {UserError} when it does not start
 */
export async function startKernel(cwd: string, env: Record<string, string> = {}): Promise<Kernel> {
  const key = randomUUID();
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = freePorts(5) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
  const place = { transport: "tcp", ip: "127.0.0.1", signature_scheme: "hmac-sha256" };
  const child = await spawnKernel(cwd, env, JSON.stringify({ ...place, ...ports, key }));
  const sockets: Socket[] = [];
  const stop = async () => {
    for (const socket of sockets) socket.close();
    await child.kill();
  };
  const open = async (port: number, kind: "DEALER" | "SUB") => {
    const socket = await whenListening(() => connect(port, kind), child.died);
    sockets.push(socket);
    return socket;
  };
  try {
    const wire = signed(key);
    const iopub = listen(await open(iopub_port, "SUB"), wire);
    const session = { shell: await open(shell_port, "DEALER"), iopub, wire, death: child.died };
    await answered(session);
    return {
      execute: (code, limit) => execute(session, code, limit),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Session {
  shell: Socket;
  iopub: Listener;
  wire: Wire;
  death: Promise<never>;
}

/** Asks until the kernel has heard us on the one socket and we have heard it on the other. */
async function answered({ shell, iopub, wire, death }: Session): Promise<void> {
  for (const begun = Date.now(); Date.now() - begun < START;) {
    await shell.send(wire.write(randomUUID(), "kernel_info_request", {}));
    if (await Promise.race([iopub.next(250), death])) return;
  }
  throw new UserError(`the kernel did not answer within ${START / 1000} s`);
}

async function execute(session: Session, code: string, limit: number): Promise<Output[]> {
  const { outputs, add } = collector();
  const id = await ask(session, code);
  const end = Date.now() + limit;
  for (let idle = false; !idle;) {
    const heard = await next(session, end);
    if (heard === undefined) {
      throw new UserError(`the cell was not done after ${limit / 1000} s and was stopped`);
    }
    if (heard.parent !== id) continue;
    idle = heard.type === "status" && heard.content.execution_state === "idle";
    add(heard);
  }
  await settle(session, id, add);
  return outputs;
}

/**
 * The kernel says that it is idle before it has sent all outputs (seen in Deno 2.9.6; standard clients lose them), and
 * names the newest request as the parent of what it sends late. Each of its ways to show something keeps its order, so a
 * mark is sent down each: what comes before the marks is the cell's.
 */
async function settle(session: Session, cell: string, add: (late: Message) => void): Promise<void> {
  const mark = randomUUID();
  const shown = `{ "text/plain": "${mark}" }`;
  const id = await ask(
    session,
    `console.log("${mark}"); await Deno.jupyter.display(${shown}, { raw: true }); "${mark}"`,
  );
  const awaited = new Set(["stream", "display_data", "execute_result"]);
  for (const end = Date.now() + SETTLE; awaited.size > 0;) {
    const heard = await next(session, end);
    if (heard === undefined) return;
    if (heard.parent !== cell && heard.parent !== id) continue;
    const { type, content } = heard;
    const [before, after] = String(content.text ?? "").split(`${mark}\n`);
    const marked = type === "stream"
      ? after !== undefined
      : JSON.stringify(content.data ?? "").includes(mark);
    if (marked) awaited.delete(type);
    if (!marked) add(heard);
    else if (before !== "") add({ ...heard, content: { ...content, text: before } });
  }
}

/** Sends code to be run. → the id that its messages have as parent */
async function ask({ shell, wire }: Session, code: string): Promise<string> {
  const id = randomUUID();
  const how = { silent: false, store_history: true, allow_stdin: false, stop_on_error: false };
  await shell.send(wire.write(id, "execute_request", { code, ...how }));
  return id;
}

/** The next message until a time; undefined when none came. */
async function next({ iopub, death }: Session, end: number): Promise<Message | undefined> {
  while (Date.now() < end) {
    const heard = await Promise.race([iopub.next(end - Date.now()), death]);
    if (heard) return heard;
  }
}
