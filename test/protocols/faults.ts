/** What disks and systems do to a program: faults at one of its writes, as the system tells them. */

/** A fault: what a call gives instead of what it should. */
export interface Fault {
  name: string;
  /** The system's code. */
  code: string;
  message: string;
  /** Whether half of the bytes are written before. */
  half?: boolean;
}

export const faults: readonly Fault[] = [
  { name: "a full disk", code: "ENOSPC", message: "No space left on device (os error 28)" },
  { name: "a quota", code: "EDQUOT", message: "Disk quota exceeded (os error 122)", half: true },
  {
    name: "a disk that became read-only",
    code: "EROFS",
    message: "Read-only file system (os error 30)",
  },
  { name: "a right that is gone", code: "EACCES", message: "Permission denied (os error 13)" },
  {
    name: "a disk that fails",
    code: "EIO",
    message: "Input/output error (os error 5)",
    half: true,
  },
];

/** The calls that change a disk. */
const calls = ["open", "mkdir", "rename", "link", "remove", "writeTextFile", "writeFile"] as const;
const fileCalls = ["write", "sync", "syncData"] as const;

/** A disk that counts what is done to it under a folder, and fails at a number. */
export interface Disk extends Disposable {
  /** Calls so far, by their names. */
  done: string[];
}

// deno-lint-ignore no-explicit-any -- any function of Deno's
type Call = (...args: any[]) => any;

/**
 * Puts itself between the program and the disk. From the call `at` on, counted from 0, everything fails (`lasting`), or
 * that call alone.
 */
export function faultyDisk(folder: string, at = Infinity, fault?: Fault, lasting = false): Disk {
  const done: string[] = [];
  const restore: (() => void)[] = [];
  const error = () =>
    Object.assign(
      fault!.code === "EACCES"
        ? new Deno.errors.PermissionDenied(fault!.message)
        : new Error(fault!.message),
      { code: fault!.code },
    );
  const fails = () => done.length - 1 === at || (lasting && done.length - 1 > at);
  const patch = (
    owner: Record<string, Call>,
    name: string,
    concerns: (args: unknown[]) => boolean,
  ) => {
    const call = owner[name]!;
    owner[name] = async function (this: unknown, ...args: unknown[]) {
      if (!concerns(args)) return call.apply(this, args);
      done.push(name);
      if (!fails()) return call.apply(this, args);
      if (name === "write" && fault!.half) {
        await call.call(this, (args[0] as Uint8Array).subarray(0, 7));
      }
      throw error();
    };
    restore.push(() => owner[name] = call);
  };
  const here = (path: unknown) => String(path).startsWith(folder);
  for (const name of calls) {
    patch(Deno as unknown as Record<string, Call>, name, ([path, how]) => {
      const reads = name === "open" && !(how as Deno.OpenOptions | undefined)?.write;
      return here(path) && !reads;
    });
  }
  for (const name of fileCalls) {
    patch(Deno.FsFile.prototype as unknown as Record<string, Call>, name, () => true);
  }
  return { done, [Symbol.dispose]: () => restore.forEach((undo) => undo()) };
}
