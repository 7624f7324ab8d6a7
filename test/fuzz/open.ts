/** Opens one file as a target does: `open.ts TARGET FILE`. Prints what that took, and the error if it was refused. */
import process from "node:process";
import { targets } from "./targets.ts";

const [name, path] = Deno.args as [string, string];
const bytes = await Deno.readFile(path);
const folder = await Deno.makeTempDir();
const [before, spent] = [process.resourceUsage().maxRSS, process.cpuUsage()];
let refused: string | undefined;
try {
  await targets[name]!.open(bytes, folder);
} catch (error) {
  refused = String(error);
}
const { user, system } = process.cpuUsage(spent);
const mebibytes = (process.resourceUsage().maxRSS - before) / 1024;
await Deno.remove(folder, { recursive: true });
console.log(JSON.stringify({ mebibytes, seconds: (user + system) / 1e6, refused }));
