/**
 * TensorFlow's C library as Python's package index has it. pip finds the wheels for this machine, downloads them and
 * says which SHA-256 the index publishes; nothing of Python is needed afterwards.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type ChildOptions, runChild } from "../child.ts";
import { UserError } from "../errors.ts";
import { lasting } from "../waiting.ts";
import { type NativeKind, nativeVersions } from "./native.ts";

/** One wheel that the index offers. */
export interface Wheel {
  /** The package's name, such as `tensorflow_cpu`. */
  name: string;
  version: string;
  file: string;
  /** SHA-256 of the whole file, in hexadecimal. */
  sha256: string;
}

/** How to call Python; `PLUMBLINE_PYTHON` in the environment names another. */
export function python(): string {
  return Deno.env.get("PLUMBLINE_PYTHON") || "python3";
}

/**
 * Asks the index, through pip, for the wheels that a kind of build needs: TensorFlow and, for `gpu`, NVIDIA's CUDA
 * libraries. The wheels for one Python release are taken whichever is installed: only their C library is used.
 *
 * @param pins SHA-256 of the wheels that may be taken, by their files' names
 * @throws {UserError} without pip, without network, and where the index has no such wheel for this machine, or another
 */
export async function findWheels(
  kind: NativeKind,
  pins: Readonly<Record<string, string>>,
): Promise<Wheel[]> {
  const { tensorflow } = nativeVersions;
  // There is no tensorflow-cpu for arm64: its tensorflow has no CUDA either.
  const plain = Deno.build.arch === "aarch64" ? "tensorflow" : "tensorflow-cpu";
  const wanted = kind === "gpu"
    ? [`tensorflow[and-cuda]==${tensorflow}`]
    : ["--no-deps", `${plain}==${tensorflow}`];
  const output = await pip([
    ...["install", "--dry-run", "--quiet", "--ignore-installed", "--report", "-"],
    ...["--target", "unused", ...target(), ...wanted],
  ]);
  const { install } = JSON.parse(output) as { install: PipItem[] };
  return install.map(({ metadata, download_info: { url, archive_info } }) => ({
    name: metadata.name.replaceAll("-", "_"),
    version: metadata.version,
    file: decodeURIComponent(url.split(/[?#]/)[0]!.split("/").pop() ?? ""),
    sha256: archive_info.hashes?.sha256 ?? "",
  })).filter(({ name }) => kept.test(name)).map((wheel) => checked(wheel, pins));
}

/** The wheel, which has to be one that is known here: what an index publishes today may be another's. */
function checked(wheel: Wheel, pins: Readonly<Record<string, string>>): Wheel {
  const pin = Object.hasOwn(pins, wheel.file) ? pins[wheel.file] : undefined;
  if (pin === wheel.sha256) return wheel;
  throw new UserError(
    `The package index offers ${wheel.file} with SHA-256 ${
      wheel.sha256 || "unsaid"
    }, and this version knows ` +
      `${
        pin ?? "no wheel of that name"
      }: it is not used. Ask another index (PIP_INDEX_URL), or compute in wasm.`,
  );
}

/** Of what TensorFlow depends on in Python; NVIDIA's compiler would serve XLA, which is not used. */
const kept = /^(tensorflow|nvidia_(?!cuda_nvcc))/;

interface PipItem {
  metadata: { name: string; version: string };
  download_info: { url: string; archive_info: { hashes?: Record<string, string> } };
}

/**
 * Downloads `wheel` into `folder` and checks that it is, byte for byte, what the index publishes.
 *
 * @param progress called now and then with the bytes that have come so far
 * @returns the path of the wheel
 * @throws {UserError} when the download fails, or its SHA-256 is another
 */
export async function download(
  wheel: Wheel,
  folder: string,
  progress: (bytes: number) => void,
): Promise<string> {
  await Deno.mkdir(`${folder}/tmp`, { recursive: true });
  let arrived = 0;
  const watch = setInterval(() => progress(arrived = sizeUnder(folder)), 5000);
  try {
    // pip's own cache would keep a second copy, and its usual temporary folder may be on a smaller disk.
    await pip(
      [
        ...["download", "--quiet", "--no-deps", "--no-cache-dir", "--dest", folder, ...target()],
        `${wheel.name}==${wheel.version}`,
      ],
      { TMPDIR: `${folder}/tmp` },
      () => arrived,
    );
  } finally {
    clearInterval(watch);
  }
  const path = `${folder}/${wheel.file}`;
  await verify(path, wheel.sha256);
  return path;
}

/**
 * Checks a file's SHA-256.
 *
 * @throws {UserError} when it is another than `sha256`, or the file isn't there
 */
export async function verify(path: string, sha256: string): Promise<void> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk);
    }
  } catch {
    throw new UserError(`${path} was not downloaded: the package index offers another file.`);
  }
  const found = hash.digest("hex");
  if (found === sha256) return;
  throw new UserError(
    `${path} has SHA-256 ${found}, but the package index says ${sha256 || "nothing"}: ` +
      "it was damaged or replaced on the way, and is not used.",
  );
}

/** The Python and the platforms whose wheels are asked for. */
function target(): string[] {
  const tags = ["manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014"];
  const older = ["manylinux_2_12", "manylinux2010"];
  const platforms = [...tags, ...older].flatMap((
    tag,
  ) => ["--platform", `${tag}_${Deno.build.arch}`]);
  const cpython = ["--implementation", "cp", "--python-version", "3.11"];
  return ["--disable-pip-version-check", "--only-binary", ":all:", ...cpython, ...platforms];
}

/** Milliseconds in which pip has to get on. */
const SILENT = 10 * 60_000;

async function pip(
  args: string[],
  env: Record<string, string> = {},
  alive?: ChildOptions["alive"],
): Promise<string> {
  const how = { env, most: SILENT, alive };
  const { code, stdout, stderr, late } = await runChild(python(), ["-m", "pip", ...args], how);
  if (late !== undefined) {
    throw new UserError(
      `pip got nowhere for ${lasting(late)} and was ended: check the network, and run it again.`,
    );
  }
  if (code === 0) return stdout;
  throw new UserError(explain(stderr));
}

/** What pip's error means, in a line. */
function explain(errors: string): string {
  const line = errors.trim().split("\n").filter((text) => /error/i.test(text)).pop() ??
    errors.trim();
  if (/No module named pip/.test(errors)) {
    return `${python()} has no pip: install python3-pip, then run deno task native again.`;
  }
  if (/no such option: --(report|dry-run)/.test(errors)) {
    return `pip is too old to report hashes (22.2 is needed): run ${python()} -m pip install --upgrade pip.`;
  }
  if (/No space left/.test(errors)) return "The disk filled up while pip downloaded.";
  if (/connection|resolve|timed out|unreachable|proxy/i.test(errors)) {
    return `pip can't reach the package index (${line.slice(0, 200)}): check the network.`;
  }
  const wanted = errors.match(/No matching distribution found for (\S+)/)?.[1];
  if (wanted !== undefined) {
    const machine = `${Deno.build.os} ${Deno.build.arch}`;
    return `pip finds no wheel of ${wanted} for ${machine}: is the package index within reach?`;
  }
  return `pip failed: ${line.slice(0, 300)}`;
}

function sizeUnder(folder: string): number {
  let bytes = 0;
  try {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      bytes += isDirectory ? sizeUnder(path) : Deno.statSync(path).size;
    }
  } catch { /* pip moves its files while we look */ }
  return bytes;
}
