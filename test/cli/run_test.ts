import assert from "node:assert/strict";
import { HelpRequest, UsageError } from "../../lib/cli/options.ts";
import { ending } from "../../lib/cli/run.ts";
import { UserError } from "../../lib/errors.ts";

Deno.test("a user's error is its one line and exit code 1, wrong usage 2, help 0", () => {
  assert.deepEqual(ending(new UserError("no file x."), false), { code: 1, stderr: "no file x." });
  assert.deepEqual(ending(new UsageError("no option x."), false), {
    code: 2,
    stderr: "no option x.",
  });
  assert.deepEqual(ending(new HelpRequest("Usage"), false), { code: 0, stdout: "Usage" });
});

Deno.test("anything else is a bug that says how to see its stack", () => {
  const { code, stderr } = ending(new TypeError("x is undefined"), false);
  assert.equal(code, 1);
  assert.match(stderr ?? "", /Unexpected TypeError: x is undefined/);
  assert.match(stderr ?? "", /--debug/);
  assert.doesNotMatch(stderr ?? "", /run_test/);
  assert.match(ending("text", false).stderr ?? "", /Unexpected thrown: text/);
});

Deno.test("with debug the stack is shown", () => {
  assert.match(ending(new UserError("no file x."), true).stderr ?? "", /run_test\.ts/);
});

/** A command in a process of its own. */
function command(body: string, ...args: string[]): Deno.ChildProcess {
  const run = new URL("../../lib/cli/run.ts", import.meta.url);
  const options = new URL("../../lib/cli/options.ts", import.meta.url);
  const source = `import { run } from "${run}"; import { parse } from "${options}"; ${body}`;
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", source, ...args],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", PLUMBLINE_DEBUG: "" },
  }).spawn();
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("a process exits with the code of how its main ended", async () => {
  const endings: [string, string[], number, RegExp][] = [
    ["await run(() => 1)", [], 1, /^$/],
    ["await run(() => { parse('try', {}, Deno.args); })", ["--x"], 2, /^try: unknown option --x\./],
    ["await run(() => { throw new RangeError('oops'); })", [], 1, /^Unexpected RangeError: oops/],
    ["await run(() => { throw new RangeError('oops'); })", ["--debug"], 1, /oops\n +at /],
  ];
  for (const [body, args, code, printed] of endings) {
    const output = await command(body, ...args).output();
    assert.equal(output.code, code, body);
    assert.match(decode(output.stderr), printed);
  }
});

Deno.test("Ctrl-C exits 130 and says what is kept", async () => {
  const child = command(
    `await run(() => { console.log("ready"); return new Promise((r) => setTimeout(r, 60_000)); },
      () => "3 of 8 cells are kept.")`,
  );
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGINT");
  const { code } = await child.status;
  await reader.cancel();
  assert.equal(code, 130);
  assert.equal(
    decode(new Uint8Array(await new Response(child.stderr).arrayBuffer())),
    "Interrupted. 3 of 8 cells are kept.\n",
  );
});
