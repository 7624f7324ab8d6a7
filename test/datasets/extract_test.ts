import assert from "node:assert/strict";
import { extract } from "../../lib/datasets/extract.ts";

const fixture = (name: string) =>
  new URL(`../fixtures/datasets/archives/${name}`, import.meta.url).pathname;

/** Unpacks a fixture; gives what then lies in the folder, by path, with the length of each. */
async function unpacked(
  archive: string,
  folder: string,
  inner?: string,
  options?: Parameters<typeof extract>[3],
): Promise<Record<string, number>> {
  const root = await Deno.makeTempDir();
  try {
    await extract(fixture(archive), `${root}/data/to`, { folder, inner }, options);
    assert.deepEqual([...Deno.readDirSync(`${root}/data`)].map((entry) => entry.name), ["to"]);
    return Object.fromEntries(files(`${root}/data/to`, ""));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function files(root: string, at: string): [string, number][] {
  return [...Deno.readDirSync(`${root}/${at}`)].flatMap((entry) => {
    const path = at === "" ? entry.name : `${at}/${entry.name}`;
    return entry.isDirectory
      ? files(root, path)
      : [[path, Deno.statSync(`${root}/${path}`).size] as [string, number]];
  }).sort(([a], [b]) => a < b ? -1 : 1);
}

const long = "long_" + "x".repeat(180);
const whole = {
  "cat/1.jpg": 3000,
  "cat/zwölf.jpg": 12,
  "dog/empty.jpg": 0,
  [`dog/${long}.jpg`]: 600,
};

for (
  const name of [
    "good.zip",
    "good.tar",
    "good.tar.gz",
    "good_gnu.tar",
    "good_pax.tar.gz",
    "renamed.dat",
  ]
) {
  Deno.test(`${name}, written by Python, is unpacked: one folder of it`, async () => {
    assert.deepEqual(await unpacked(name, "set/images"), whole);
  });
}

Deno.test("all of an archive is unpacked when no folder is named", async () => {
  assert.deepEqual((await unpacked("good.tar.gz", ""))["set/readme.txt"], 5);
});

Deno.test("contents are those that went in, also of the archive in the archive", async () => {
  const root = await Deno.makeTempDir();
  try {
    await extract(fixture("nested.zip"), `${root}/to`, {
      folder: "set/images",
      inner: "outer/good.tar.gz",
    });
    const bytes = await Deno.readFile(`${root}/to/cat/1.jpg`);
    assert.deepEqual(bytes, Uint8Array.from({ length: 3000 }, (_, i) => (i * 31) % 251));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a zip64 archive is read by its wide fields", async () => {
  assert.deepEqual(await unpacked("zip64.zip", "set/images"), { "cat/1.jpg": 3000 });
});

const hostile: [archive: string, message: RegExp][] = [
  ["absolute.tar", /has the entry "\/tmp\/plumbline_escaped\.jpg", which leaves the folder/],
  ["absolute.zip", /has the entry "\/tmp\/plumbline_escaped\.jpg", which leaves the folder/],
  ["upwards.tar.gz", /has the entry "set\/\.\.\/\.\.\/escaped\.jpg", which leaves the folder/],
  ["upwards.zip", /has the entry "\.\.\/escaped\.jpg", which leaves the folder/],
  ["backslash.zip", /which leaves the folder/],
  ["symlink.tar", /has the entry "set\/images\/out", which is a link or a device/],
  ["hardlink.tar", /which is a link or a device/],
  ["symlink.zip", /which is a link or a device/],
  ["device.tar", /which is a link or a device/],
  ["fifo.tar", /which is a link or a device/],
  ["twice.tar", /has the entry "set\/images\/a\.jpg" twice/],
  ["twice.zip", /has the entry "set\/images\/a\.jpg" twice/],
  ["file_and_folder.tar", /has "set\/images\/a\/b\.jpg" both as a file and as a folder/],
  ["latin1.tar", /has a name that is not UTF-8/],
  ["latin1.zip", /has a name that is not UTF-8/],
  ["bomb.tar.gz", /unpacks to more than \d+ bytes, as a zip bomb does/],
  ["bomb.zip", /unpacks to more than \d+ bytes, as a zip bomb does/],
  ["too_long.tar", /whose name is too long/],
  ["cut.tar", /is cut short/],
  ["cut.tar.gz", /is (damaged or )?cut short/],
  ["cut.zip", /is cut short/],
  ["checksum.zip", /is damaged at "set\/images\/cat\/1\.jpg": its checksum is wrong/],
  ["wrong_length.zip", /states a wrong length for "set\/images\/cat\/1\.jpg"/],
  ["checksum.tar", /a header's checksum is wrong/],
  ["other.zip", /holds no folder set\/images/],
  ["page.html", /is damaged|is cut short/],
];

for (const [archive, message] of hostile) {
  Deno.test(`${archive} is refused in one line and leaves nothing behind`, async () => {
    const root = await Deno.makeTempDir();
    try {
      await Deno.mkdir(`${root}/data`);
      await assert.rejects(
        extract(fixture(archive), `${root}/data/to`, {
          folder: archive.startsWith("page") ? "" : "set/images",
        }),
        (error: Error) => {
          assert.equal(error.name, "UserError");
          assert.match(error.message, message);
          assert.match(error.message, /: nothing was unpacked; fetch it again/);
          assert.ok(!error.message.includes("\n"));
          return true;
        },
      );
      assert.deepEqual([...Deno.readDirSync(root)].map((entry) => entry.name), ["data"]);
      assert.deepEqual([...Deno.readDirSync(`${root}/data`)], []);
      assert.throws(() => Deno.lstatSync("/tmp/plumbline_escaped.jpg"), Deno.errors.NotFound);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}

Deno.test("a bomb under the ratio is stopped by the total", async () => {
  await assert.rejects(
    unpacked("good.tar", "set/images", undefined, { most: 100 }),
    /more than 100 bytes/,
  );
});

Deno.test("what a killed run left is replaced, and a full folder in the way is not", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/to.unpacking/whole/cat`, { recursive: true });
    await Deno.writeTextFile(`${root}/to.unpacking/whole/cat/half.jpg`, "half");
    await extract(fixture("good.zip"), `${root}/to`, { folder: "set/images" });
    assert.deepEqual(Object.fromEntries(files(`${root}/to`, "")), whole);
    await assert.rejects(extract(fixture("good.zip"), `${root}/to`, { folder: "set/images" }));
    assert.deepEqual(Object.fromEntries(files(`${root}/to`, "")), whole);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
