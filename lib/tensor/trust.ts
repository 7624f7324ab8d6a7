/**
 * Who can write what is loaded as code: a library in a folder that others can write is theirs.
 *
 * @module
 */
import { dirname } from "node:path";
import { permitted } from "./permitted.ts";

/**
 * What lets others than this user and the system's (root) put other files at `path`, or change those `inside` it: undefined
 * when nothing does. The
 * folder and all above it have to belong to one of the two, and nobody else may write them; a folder that is shared with
 * the sticky bit, as `/tmp` is, may lie above.
 */
export function trustFault(path: string, inside: readonly string[] = []): string | undefined {
  if (Deno.build.os === "windows") return undefined;
  const seen = new Set<string>();
  const real = Deno.realPathSync(path);
  for (const start of [path, real, ...inside.map((name) => `${path}/${name}`)]) {
    for (let at = start; !seen.has(at); at = dirname(at)) {
      seen.add(at);
      if (!permitted({ name: "read", path: at })) break; // what may not be looked at can't be judged
      const isBuild = at === real || at.startsWith(path);
      const fault = faultOf(at, isBuild);
      if (fault) return `${at} ${fault}`;
    }
  }
}

function faultOf(path: string, isLoaded: boolean): string | undefined {
  const { uid, gid, mode, isSymlink } = Deno.lstatSync(path);
  const user = own("uid");
  if (user !== undefined && uid !== null && uid !== 0 && uid !== user) {
    return `belongs to another user (${uid})`;
  }
  if (mode === null || isSymlink) return undefined; // a link's own mode says nothing
  const sticky = (mode & 0o1000) !== 0 && !isLoaded;
  if ((mode & 0o002) !== 0 && !sticky) return "can be written by everyone";
  // Many systems give each user a group of the same number, alone in it.
  const isAlone = gid !== null && gid === own("gid") && gid === user;
  if ((mode & 0o020) !== 0 && !sticky && !isAlone && gid !== 0) {
    return `can be written by a group (${gid})`;
  }
}

function own(kind: "uid" | "gid"): number | undefined {
  if (!permitted({ name: "sys", kind })) return undefined;
  return (kind === "uid" ? Deno.uid() : Deno.gid()) ?? undefined;
}
