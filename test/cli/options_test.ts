import assert from "node:assert/strict";
import {
  argument,
  choice,
  flag,
  HelpRequest,
  integer,
  integers,
  many,
  number,
  parse,
  text,
  UsageError,
  words,
} from "../../lib/cli/options.ts";

const options = {
  folder: argument("DIR", "where the records are"),
  clip: text("PATH|NAME", "weights"),
  out: text("DIR", "where the report goes", "results"),
  data: many("NAME=PATH", "a data set"),
  shots: integers("training images per class", [16], 1),
  epochs: integer("passes over the training images"),
  lambda: number("strength", 1),
  methods: words(["coop", "prograd"], "methods", ["coop"]),
  runner: choice(["local", "slurm"], "where cells run", "local"),
  dryRun: flag("only say what would run"),
};

Deno.test("what is not given has its default, and the types follow the table", () => {
  const values = parse("try", options, ["here"]);
  const folder: string = values.folder;
  const clip: string | undefined = values.clip;
  const methods: ("coop" | "prograd")[] = values.methods;
  const runner: "local" | "slurm" = values.runner;
  const epochs: number | undefined = values.epochs;
  assert.deepEqual([folder, clip, methods, runner, epochs], [
    "here",
    undefined,
    ["coop"],
    "local",
    undefined,
  ]);
  assert.deepEqual(values.data, []);
  assert.equal(values.dryRun, false);
});

Deno.test("values are read in both spellings, in any order, also negative numbers", () => {
  const values = parse("try", options, [
    ...["--clip=a b", "--dry-run", "here", "--data", "x=1", "--data", "y=2", "--lambda", "-0.5"],
    ...["--shots", "1, 2,4", "--methods", "prograd,coop", "--runner", "slurm", "--epochs", "3"],
  ]);
  assert.deepEqual(values, {
    folder: "here",
    clip: "a b",
    out: "results",
    data: ["x=1", "y=2"],
    shots: [1, 2, 4],
    epochs: 3,
    lambda: -0.5,
    methods: ["prograd", "coop"],
    runner: "slurm",
    dryRun: true,
  });
});

const wrongCalls: [string[], RegExp][] = [
  [["--dryrun"], /^try: unknown option --dryrun: did you mean --dry-run\? See try --help\.$/],
  [["--dryRun"], /did you mean --dry-run\?/],
  [["--colour"], /^try: unknown option --colour\. See/],
  [["--folder", "x"], /unknown option --folder/],
  [["-x"], /unknown option -x\. See/],
  [["--clip"], /--clip lacks its value: --clip PATH\|NAME/],
  [["--clip", "--dry-run"], /--clip lacks its value/],
  [["--clip", "a", "--clip", "b"], /--clip is given 2 times/],
  [["--dry-run=yes"], /--dry-run takes no value: got "yes"/],
  [["--shots", "1,two"], /--shots takes a whole number: got "two"/],
  [["--shots", "1,"], /--shots takes a whole number: got ""/],
  [["--shots", "0"], /--shots must be at least 1: got 0/],
  [["--epochs", "1.5"], /--epochs takes a whole number: got "1.5"/],
  [["--lambda", "strong"], /--lambda takes a number: got "strong"/],
  [["--lambda="], /--lambda takes a number: got ""/],
  [["--methods", "coop,porgrad"], /--methods does not know "porgrad": did you mean prograd\?/],
  [["--runner", "cloud"], /--runner does not know "cloud": one of local, slurm/],
  [["there"], /unexpected argument "there": one argument too many/],
];

for (const [args, message] of wrongCalls) {
  Deno.test(`try here ${args.join(" ")} is wrong usage in one line`, () => {
    assert.throws(() => parse("try", options, ["here", ...args]), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}

Deno.test("a required argument that is missing is named, and a command without any takes none", () => {
  assert.throws(() => parse("try", options, []), /try: DIR is missing: where the records are/);
  assert.throws(
    () => parse("go", { clip: text("PATH", "weights") }, ["x"]),
    /go: unexpected argument "x": options begin with --/,
  );
});

Deno.test("--help gives the usage, written from the table, even beside wrong options", () => {
  for (const help of ["--help", "-h"]) {
    assert.throws(
      () => parse("try", options, ["--nonsense", help], "Tries it."),
      (error: Error) => {
        assert.ok(error instanceof HelpRequest);
        assert.match(error.message, /^Usage: try DIR \[options\]\n\nTries it\.\n/);
        assert.match(error.message, /--data NAME=PATH +a data set \(may be repeated\)/);
        assert.match(error.message, /--dry-run +only say what would run/);
        assert.match(error.message, /--shots N,N,… +training images per class \(default: 16\)/);
        assert.match(error.message, /--runner local\|slurm/);
        return true;
      },
    );
  }
});
