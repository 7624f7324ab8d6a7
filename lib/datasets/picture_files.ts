/**
 * What lies in a folder of pictures, and below it: which files are pictures, by name or by content, and what else there is. Nothing
 * goes missing without being counted.
 *
 * @module
 */

import { extname, join } from "node:path";
import { UserError } from "../errors.ts";

/** What the decoder reads, known by name; it looks into a picture itself before it believes it. */
const READ = new Set([".jpg", ".jpeg", ".png", ".webp"]);

/** Pictures that it does not read, which must not go missing silently. */
const NOT_READ = new Set(
  (".gif .bmp .tif .tiff .heic .heif .avif .jp2 .jxl .ppm .pgm .pbm .svg .tga .psd .ico .dcm .dng .nef .cr2")
    .split(" "),
);

/** What systems and programs leave in folders. */
const JUNK = new Set([
  "__MACOSX",
  "@eaDir",
  "$RECYCLE.BIN",
  "System Volume Information",
  "lost+found",
  "Thumbs.db",
  "desktop.ini",
  "Icon\r",
]);

/** Folders deep, at most: deeper is a loop of links. */
const DEEPEST = 24;

/** What a folder holds. Names are sorted by code unit. */
export interface Entries {
  files: string[];
  folders: string[];
  /** Links that lead nowhere, and where they say they lead. */
  dead: string[];
}

/**
 * The entries of a folder that are not hidden and not a system's own; links are what they lead to.
 *
 * @throws {UserError} if the folder may not be read
 */
export async function entriesOf(folder: string): Promise<Entries> {
  const found: Entries = { files: [], folders: [], dead: [] };
  try {
    for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
      if (name.startsWith(".") || JUNK.has(name)) continue;
      const target = isSymlink ? await Deno.stat(join(folder, name)).catch(nowhere) : undefined;
      if (isSymlink && !target) found.dead.push(name);
      else if (target?.isDirectory ?? isDirectory) found.folders.push(name);
      else found.files.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    throw new UserError(`${folder} may not be read: give yourself read permission on it.`);
  }
  found.files.sort();
  found.folders.sort();
  found.dead.sort();
  return found;
}

function nowhere(error: unknown): undefined {
  // A loop of links is a file system's error of no class of its own.
  if (error instanceof Deno.errors.NotFound || /ELOOP|symbolic links/i.test(String(error))) return;
  throw error;
}

/** What lies in a folder and below it, as paths relative to it. */
export interface Pictures {
  /** Pictures that are read: by their names, or where those say nothing, by how they begin. */
  read: string[];
  /** Of these, how many lie in folders of the folder. */
  nested: number;
  /** Pictures of kinds that the decoder does not read. */
  foreign: string[];
  /** Files that are no pictures. */
  others: string[];
  /** Links that lead nowhere. */
  dead: string[];
}

/**
 * The pictures in a folder and in the folders below it.
 *
 * @throws {UserError} for folders within folders without end
 */
export async function picturesUnder(folder: string): Promise<Pictures> {
  const found: Pictures = { read: [], nested: 0, foreign: [], others: [], dead: [] };
  await collect(folder, "", 0, found);
  return found;
}

async function collect(root: string, under: string, depth: number, found: Pictures): Promise<void> {
  if (depth > DEEPEST) {
    throw new UserError(
      `${
        join(root, under)
      } lies ${depth} folders deep: does a link there lead to a folder that holds it? Remove it.`,
    );
  }
  const { files, folders, dead } = await entriesOf(join(root, under));
  found.dead.push(...dead.map((name) => under + name));
  for (const name of files) {
    const path = under + name;
    const kind = await kindOf(join(root, path));
    found[kind].push(path);
    if (kind === "read" && depth > 0) found.nested++;
  }
  for (const name of folders) await collect(root, `${under}${name}/`, depth + 1, found);
}

/** What a file is, by its name where that says it, else by how it begins. */
export async function kindOf(path: string): Promise<"read" | "foreign" | "others"> {
  const kind = extname(path).toLowerCase();
  if (READ.has(kind)) return "read";
  if (NOT_READ.has(kind)) return "foreign";
  const info = await Deno.stat(path);
  if (!info.isFile) return "others";
  using file = await Deno.open(path);
  const start = new Uint8Array(16);
  await file.read(start);
  return kindOfBytes(start);
}

/** What a file that begins so is. */
export function kindOfBytes(start: Uint8Array): "read" | "foreign" | "others" {
  const text = String.fromCharCode(...start.subarray(0, 16));
  if (/^(\xff\xd8\xff|\x89PNG\r\n|RIFF[^]{4}WEBP)/.test(text)) return "read";
  // GIF; BMP; TIFF; HEIC and AVIF; JPEG 2000; JPEG XL; Photoshop.
  const foreign =
    // deno-lint-ignore no-control-regex -- formats begin so
    /^(GIF8|BM[^]{4}\0\0\0\0|II\*\0|MM\0\*|[^]{4}ftyp(heic|heix|mif1|avif)|\0\0\0\x0cj[PX]|8BPS)/;
  return foreign.test(text) ? "foreign" : "others";
}

/** `3 files (2 .txt, 1 .csv, for example a/notes.txt)`. */
export function counted(files: readonly string[], word = "file"): string {
  const kinds = [
    ...Map.groupBy(files, (file) => extname(file).toLowerCase() || "without extension"),
  ]
    .sort((a, b) => b[1].length - a[1].length);
  const shown = kinds.slice(0, 4).map(([kind, of]) => `${of.length} ${kind}`);
  if (kinds.length > 4) shown.push("…");
  return `${files.length} ${word}${files.length === 1 ? "" : "s"} (${
    shown.join(", ")
  }; for example ${files[0]})`;
}
