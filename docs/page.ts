/** `deno task page [FOLDER]`: builds the page one can touch, into out/page unless a folder is named. */
import { join } from "node:path";
import { run } from "../lib/cli/run.ts";
import { UserError } from "../lib/errors.ts";
import { pageFiles } from "../lib/page/build.ts";
import { print } from "../lib/terminal.ts";

async function main([folder = "out/page", ...more]: string[]): Promise<void> {
  if (more.length > 0 || folder.startsWith("-")) {
    throw new UserError("deno task page takes a folder at most: deno task page [FOLDER].");
  }
  await Deno.mkdir(folder, { recursive: true });
  let bytes = 0;
  for (const [name, content] of Object.entries(await pageFiles())) {
    await Deno.writeFile(join(folder, name), content);
    bytes += content.length;
  }
  print(
    `Wrote ${join(folder, "index.html")}, ${
      (bytes / 1e6).toFixed(1)
    } MB in all: open it in a browser.`,
  );
}

if (import.meta.main) await run(() => main(Deno.args));
