/**
 * Building, checking and loading the native backend. What surrounds pip and the compiler is tested with stand-ins for
 * both; the real thing is built from the package index when PLUMBLINE_TEST_NATIVE=build is set (CI does), and what it
 * computes is tested in native_numbers_test.ts.
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { UserError } from "../../lib/errors.ts";
import { buildNative, missingForNative, removeNative } from "../../lib/tensor/native_mod.ts";
import { nativeFault } from "../../lib/tensor/native.ts";
import { trustFault } from "../../lib/tensor/trust.ts";
import { withFreeIds, withLists } from "../../lib/tensor/native_sources.ts";

const wheel = new URL("../fixtures/tensor/wheel.zip", import.meta.url).pathname;
const wheelHash = createHash("sha256").update(Deno.readFileSync(wheel)).digest("hex");

interface Workshop {
  folder: string;
  cache: string;
  said: string[];
  /** How often pip was asked to download. */
  downloads(): number;
  build(): Promise<string>;
}

/** A folder with a pip that offers the fixture as TensorFlow and a g++ that writes what it is told to. */
async function workshop(
  work: (shop: Workshop) => Promise<void>,
  sha256 = wheelHash,
  pip = "",
  pin = sha256,
) {
  const folder = await Deno.makeTempDir();
  const report = {
    install: [{
      metadata: { name: "tensorflow-cpu", version: "2.21.0" },
      download_info: {
        url: "https://index.example/t/tensorflow_cpu-2.21.0.whl",
        archive_info: { hashes: { sha256 } },
      },
    }],
  };
  const python = `#!/bin/sh
    ${pip}
    case "$*" in
      *--version) echo "pip 26" ;;
      *" install "*) echo '${JSON.stringify(report)}' ;;
      *" download "*) echo x >> ${folder}/downloads
        while [ "$1" != --dest ]; do shift; done
        cp ${wheel} "$2/tensorflow_cpu-2.21.0.whl" ;;
    esac`;
  const gcc = `#!/bin/sh
    while [ $# -gt 0 ]; do [ "$1" = -o ] && echo "compiled $2" > "$2"; shift; done`;
  await Deno.writeTextFile(`${folder}/python`, python, { mode: 0o755 });
  await Deno.writeTextFile(`${folder}/g++`, gcc, { mode: 0o755 });
  const path = Deno.env.get("PATH") ?? "";
  Deno.env.set("PATH", `${folder}:${path}`);
  Deno.env.set("PLUMBLINE_PYTHON", `${folder}/python`);
  const [said, cache] = [[] as string[], `${folder}/cache`];
  const lines = () => Deno.readTextFileSync(`${folder}/downloads`).trim().split("\n").length;
  const pins = { "tensorflow_cpu-2.21.0.whl": pin };
  const build = () => buildNative("cpu", (line) => said.push(line), cache, pins);
  try {
    await work({ folder, cache, said, downloads: lines, build });
  } finally {
    Deno.env.set("PATH", path);
    Deno.env.delete("PLUMBLINE_PYTHON");
    await Deno.remove(folder, { recursive: true });
  }
}

const elsewhere = Deno.build.os !== "linux";
const onLinux = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: elsewhere, fn });

onLinux(
  "a build holds the libraries, the addon and what proves them, and nothing else",
  async () => {
    await workshop(async ({ cache, build, downloads, said }) => {
      const folder = await build();
      assert.equal(nativeFault(folder), undefined);
      const files = Array.from(Deno.readDirSync(folder), (entry) => entry.name).sort();
      const whole = ["manifest.json", "tensorflow", "tfjs_binding.node", "tfjs_tensorflow.so"];
      assert.deepEqual(files, whole);
      const libraries = Array.from(Deno.readDirSync(`${folder}/tensorflow`), (entry) => entry.name);
      const wanted = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
      assert.deepEqual(libraries.sort(), wanted);
      const { wheels } = JSON.parse(await Deno.readTextFile(`${folder}/manifest.json`));
      assert.deepEqual(wheels, { "tensorflow_cpu-2.21.0.whl": wheelHash });
      const left = Array.from(Deno.readDirSync(cache), ({ name }) => name).sort();
      const name = folder.slice(cache.length + 1);
      assert.deepEqual(left, [name, `${name}.lock`]);
      said.length = 0;
      assert.equal(await build(), folder);
      assert.deepEqual([downloads(), said], [1, []]); // the second call finds it and says nothing
    });
  },
);

onLinux("two builds at once make one, and both end with it", async () => {
  await workshop(async ({ build, downloads }) => {
    const [one, other] = await Promise.all([build(), build()]);
    assert.equal(one, other);
    assert.equal(nativeFault(one), undefined);
    assert.equal(downloads(), 1);
  });
});

onLinux("what a killed build left behind is cleared away", async () => {
  await workshop(async ({ build, cache }) => {
    const folder = await build();
    await Deno.remove(folder, { recursive: true });
    await Deno.mkdir(`${folder}.part/tensorflow`, { recursive: true });
    await Deno.writeTextFile(`${folder}.part/tensorflow/libtensorflow_cc.so.2`, "half");
    assert.equal(nativeFault(await build()), undefined);
    assert.ok(!Array.from(Deno.readDirSync(cache)).some(({ name }) => name.endsWith(".part")));
  });
});

onLinux("a damaged build is named and built again", async () => {
  await workshop(async ({ build, said }) => {
    const folder = await build();
    const addon = `${folder}/tfjs_binding.node`;
    const { size } = await Deno.stat(addon);
    await Deno.truncate(addon, 10);
    const why = `is damaged (tfjs_binding.node has 10 bytes, not ${size})`;
    assert.equal(nativeFault(folder), why);
    await build();
    assert.ok(said.includes(`The build in ${folder} ${why}: building it again.`));
    assert.equal(nativeFault(folder), undefined);

    const bytes = await Deno.readFile(addon);
    bytes[0]! ^= 1;
    await Deno.writeFile(addon, bytes);
    assert.match(nativeFault(folder) ?? "", /does not have the hash it was built with/);
    await Deno.remove(`${folder}/tensorflow/libtensorflow_cc.so.2`);
    assert.match(nativeFault(folder) ?? "", /libtensorflow_cc.so.2 is missing/);
    await Deno.writeTextFile(`${folder}/manifest.json`, "{");
    assert.equal(nativeFault(folder), "has a broken manifest.json");
    await Deno.remove(`${folder}/manifest.json`);
    assert.equal(nativeFault(folder), "is not set up");
  });
});

onLinux("a manifest that names files elsewhere, or devices, is a damaged build", async () => {
  await workshop(async ({ build }) => {
    const folder = await build();
    const path = `${folder}/manifest.json`;
    const manifest = JSON.parse(await Deno.readTextFile(path));
    for (const file of ["../../../dev/zero", "/dev/zero", "tensorflow/../../x", ".", "a\nb"]) {
      const sizes = { ...manifest.sizes, [file]: 0 };
      const compiled = { ...manifest.compiled, [file]: "0" };
      await Deno.writeTextFile(path, JSON.stringify({ ...manifest, sizes, compiled }));
      assert.match(nativeFault(folder) ?? "", /^is damaged \(it lists "/, file);
    }
    await Deno.writeTextFile(path, JSON.stringify(manifest));
    await Deno.remove(`${folder}/tensorflow/libtensorflow_cc.so.2`);
    await Deno.symlink("/dev/zero", `${folder}/tensorflow/libtensorflow_cc.so.2`);
    assert.match(nativeFault(folder) ?? "", /libtensorflow_cc.so.2 is missing/);
  });
});

onLinux("a wheel that is not the one the index publishes is refused and not kept", async () => {
  const other = "0".repeat(64);
  await workshop(async ({ build, cache }) => {
    await assert.rejects(build(), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.ok(
        error.message.includes(`SHA-256 ${wheelHash}, but the package index says ${other}`),
      );
      return true;
    });
    assert.deepEqual(Array.from(Deno.readDirSync(cache), ({ name }) => name.split(".").pop()), [
      "lock",
    ]);
  }, other);
});

onLinux(
  "a wheel that the index publishes and this version does not know is not downloaded",
  async () => {
    const known = "1".repeat(64);
    await workshop(
      async ({ build, folder }) => {
        await assert.rejects(build(), {
          name: "UserError",
          message: new RegExp(
            `whl with SHA-256 ${wheelHash}, and this version knows ${known}: it is not used`,
          ),
        });
        assert.throws(() => Deno.statSync(`${folder}/downloads`), Deno.errors.NotFound);
      },
      wheelHash,
      "",
      known,
    );
  },
);

onLinux("what others can write is neither built into nor loaded", async () => {
  await workshop(async ({ build, cache }) => {
    const folder = await build();
    assert.equal(trustFault(folder), undefined);
    const inside = ["tfjs_binding.node", "tensorflow/libtensorflow_cc.so.2"];
    for (const place of [folder, `${folder}/tensorflow`, `${folder}/${inside[1]}`, cache]) {
      const { mode } = await Deno.stat(place);
      await Deno.chmod(place, 0o777);
      assert.equal(trustFault(folder, inside), `${place} can be written by everyone`);
      await Deno.chmod(place, mode! & 0o777);
    }
    await Deno.chmod(cache, 0o775);
    if (Deno.gid() !== 0 && Deno.gid() === Deno.uid()) assert.equal(trustFault(folder), undefined);
    await Deno.chmod(cache, 0o1777); // as /tmp
    assert.equal(trustFault(folder), undefined);
    await Deno.chmod(cache, 0o777);
    await Deno.remove(folder, { recursive: true });
    await assert.rejects(build(), {
      name: "UserError",
      message:
        /^The native backend is not built: .*\/cache can be written by everyone: take that right away/,
    });
    await Deno.chmod(cache, 0o755);
    if (Deno.uid() !== 0) return;
    await Deno.chown(cache, 12345, 12345);
    await assert.rejects(build(), /\/cache belongs to another user \(12345\): take/);
  });
});

onLinux("what pip lacks is said in a line", async () => {
  const failing = (line: string) =>
    `[ "$4" = --version ] || [ "$3" = --version ] ||
    { echo "${line}" >&2; exit 1; }`;
  const cases = [
    ["ERROR: no such option: --report", /pip is too old to report hashes/],
    ["ERROR: Could not find a version: Name or service not known; connection broken", /network/],
    [
      "ERROR: No matching distribution found for tensorflow-cpu==2",
      /no wheel of tensorflow-cpu==2/,
    ],
    ["ERROR: something new", /^pip failed: ERROR: something new$/],
  ] as const;
  for (const [line, message] of cases) {
    await workshop(
      async ({ build }) => {
        await assert.rejects(build(), { name: "UserError", message });
      },
      wheelHash,
      failing(line),
    );
  }
  await workshop(
    async ({ build }) => {
      assert.match(await missingForNative() ?? "", /needs Python's pip \(python3-pip\), not found/);
      await assert.rejects(build(), { name: "UserError", message: /python3-pip/ });
    },
    wheelHash,
    'echo "No module named pip" >&2; exit 1',
  );
});

onLinux("removing deletes every build and says how much", async () => {
  await workshop(async ({ build, cache }) => {
    const folder = await build();
    const sizes = Object.values<number>(
      JSON.parse(await Deno.readTextFile(`${folder}/manifest.json`)).sizes,
    );
    const manifest = (await Deno.stat(`${folder}/manifest.json`)).size;
    const total = sizes.reduce((sum, size) => sum + size, manifest);
    assert.equal(await removeNative(cache), total);
    assert.throws(() => Deno.statSync(cache), Deno.errors.NotFound);
    assert.equal(await removeNative(cache), 0);
  });
});

Deno.test("the package's source is corrected in one place, and another source is refused", () => {
  const source = new URL(
    "../../node_modules/@tensorflow/tfjs-node-gpu/binding/tfjs_backend.cc",
    import.meta.url,
  );
  const [before, after] = [Deno.readTextFileSync(source), ""].map((text) => text.split("\n")) as [
    string[],
    string[],
  ];
  after.splice(0, 1, ...withFreeIds(before.join("\n")).split("\n"));
  const changed = after.filter((line, i) => line !== before[i]);
  assert.equal(changed.length, 1);
  assert.match(changed[0]!, /plumbline::FreeId\(tfe_handle_map_, &next_tensor_id_\), tfe_handle/);
  assert.throws(() => withFreeIds("int main() {}"), /not that of 4.22.0/);
  const lists = withLists(before.join("\n"));
  assert.match(lists, /TFE_OpSetAttrTypeList\(tfe_op, attr_name, values\.data\(\), count\);/);
  assert.match(lists, /TFE_OpSetAttrStringList\(/);
  assert.throws(() => withLists("int main() {}"), /attributes can't be lists/);
});
