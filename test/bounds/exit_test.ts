/** Ends that come early: one line, the code of the signal, nothing of native code's destructors, and finished work kept. */
import assert from "node:assert/strict";
import { countFiles, ended, quick, start } from "../cli/commands.ts";

const module = new URL("../../lib/exit.ts", import.meta.url).href;

Deno.test("a process leaves at once where it may call the C library, and as Deno does where it may not", async () => {
  // Where `_exit` is reached, Deno's own end is not.
  const code = `import { exitAtOnce } from "${module}";
    const exit = Deno.exit; Deno.exit = (code) => exit(code + 100);
    exitAtOnce(7);`;
  const codes: number[] = [];
  for (const flags of [["--allow-ffi"], []]) {
    const { code: ending } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-q",
        "--no-check",
        "--no-prompt",
        ...flags,
        `data:text/typescript,${encodeURIComponent(code)}`,
      ],
    }).output();
    codes.push(ending);
  }
  assert.deepEqual(codes, [Deno.build.os === "windows" ? 107 : 7, 107]);
});

for (
  const [signal, code, words] of [
    ["SIGTERM", 143, /^Ended by a signal\. /],
    ["SIGHUP", 129, /^Its terminal has gone\. /],
    ["SIGINT", 130, /^Interrupted\. /],
  ] as const
) {
  Deno.test({
    name: `${signal} ends a command in one line, and the same command goes on`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const out = `${await Deno.makeTempDir()}/out`;
      const args = [...quick, "--methods", "zero-shot,coop,prograd", "--jobs", "1", "--out", out];
      const running = start("reproduce", args);
      const ending = ended(running);
      while (countFiles(out) === 0) await new Promise((resolve) => setTimeout(resolve, 20)); // its plan
      running.kill(signal);
      const first = await ending;
      // It may have been done before.
      if (first.code !== 0) {
        assert.equal(first.code, code, first.lines.join("\n"));
        assert.match(first.lines.at(-1)!, words);
      }
      const again = await ended(start("reproduce", args));
      assert.equal(again.code, 0, again.lines.join("\n"));
      assert.equal(countFiles(`${out}/records`), 3);
      assert.equal(countFiles(`${out}/locks`), 0);
    },
  });
}
