/**
 * Image files to pixels, equal to what Pillow 12 decodes, sample for sample: no shrink-on-load, no EXIF rotation, no
 * colour management. JPEG, PNG and WebP; anything that would differ from Pillow, or that Pillow itself would ruin, is
 * refused with the file's name. The decoder is sharp (libvips), to which only those three formats are handed.
 *
 * @module
 */

import type { Metadata } from "sharp";
import { isAbsent, UserError } from "../errors.ts";
import { channelsOf, type Mode, type Raster } from "./raster.ts";
import { loadSharp } from "./sharp.ts";

/** More pixels than this are refused before anything is allocated: Pillow's own warning limit. */
export const MAX_PIXELS = 89_478_485;

/** Pixels of a side at most: JPEG's own limit. A decoder holds whole rows, so a row of millions costs gigabytes. */
const MAX_SIDE = 65_535;

/** Pixels for each byte of a file at most, besides {@link FEW_PIXELS}: what deflate can pack. */
const PIXELS_PER_BYTE = 1032;

/** Pixels that any file may have. */
const FEW_PIXELS = 2 ** 24;

/** Larger files are refused before they are read. */
const MAX_BYTES = 512 * 2 ** 20;

/**
 * Reads an image file, or its bytes (then `name` stands for it in errors), in the mode in which it is stored.
 *
 * @throws {UserError} naming the file, when it is missing, empty, not a JPEG, PNG or WebP, damaged, cut short, larger
 * than {@link MAX_PIXELS}, or a 16-bit grey PNG (which Pillow turns white).
 */
export async function decodeImage(
  source: string | Uint8Array,
  name: string = typeof source === "string" ? source : "the image",
): Promise<Raster> {
  const bytes = typeof source === "string" ? await read(source) : source;
  const format = formatOf(bytes, name);
  const sharp = await loadSharp();
  const image = sharp(bytes, {
    failOn: "error",
    ignoreIcc: true,
    limitInputPixels: MAX_PIXELS,
  });
  try {
    const header = await image.metadata();
    const { width, height } = header;
    checkSize(width, height, bytes.length, name);
    const mode = format === "png" ? pngMode(bytes, name) : modeOf(header);
    if (mode === "CMYK") image.pipelineColourspace("cmyk").toColourspace("cmyk");
    else if (mode !== "RGBA") image.removeAlpha();
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    if (info.channels !== channelsOf(mode)) {
      throw new Error(`${info.channels} channels where ${mode} has ${channelsOf(mode)}`);
    }
    return { width, height, mode, data };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    if (/pixel limit/.test(reason!)) {
      throw new UserError(
        `${name} has more than ${MAX_PIXELS} pixels by its header: scale it down or remove it.`,
      );
    }
    throw new UserError(
      `${name} is damaged or cut short (${reason}): fetch it again or remove it.`,
    );
  }
}

/** By the header alone, before anything is decoded. */
function checkSize(width: number, height: number, bytes: number, name: string): void {
  const size = `${width} × ${height} pixels by its header`;
  if (Math.max(width, height) > MAX_SIDE) {
    throw new UserError(
      `${name} has ${size}, a side of more than ${MAX_SIDE}: cut it or remove it.`,
    );
  }
  if (width * height > FEW_PIXELS + PIXELS_PER_BYTE * bytes) {
    throw new UserError(
      `${name} has ${size} and only ${bytes} bytes: it is damaged, or made to fill the memory; remove it.`,
    );
  }
}

async function read(path: string): Promise<Uint8Array> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw new UserError(`${path} is not a file: name an image file.`);
    if (size > MAX_BYTES) {
      throw new UserError(`${path} has ${size} bytes, more than ${MAX_BYTES}: remove it.`);
    }
    return await Deno.readFile(path);
  } catch (error) {
    if (isAbsent(error)) {
      throw new UserError(`${path} does not exist: check the path, or fetch the data set again.`);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new UserError(`${path} may not be read: give yourself read permission on it.`);
    }
    throw error;
  }
}

function formatOf(bytes: Uint8Array, name: string): "jpeg" | "png" | "webp" {
  if (bytes.length === 0) throw new UserError(`${name} is empty: fetch it again or remove it.`);
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (start.startsWith("\xff\xd8\xff")) return "jpeg";
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return "webp";
  throw new UserError(
    `${name} is not a JPEG, PNG or WebP image, whatever its name says: convert it or remove it.`,
  );
}

function modeOf(header: Metadata): Mode {
  if (header.space === "cmyk") return "CMYK";
  return header.hasAlpha ? "RGBA" : "RGB";
}

/**
 * Pillow's mode by the bit depth and colour type of the PNG header (PNG specification, IHDR). Transparency that is not
 * a channel of its own (tRNS) is ignored, as in Pillow's conversion to RGB.
 */
function pngMode(bytes: Uint8Array, name: string): Mode {
  const [depth, type] = bytes.subarray(24, 26);
  if (type === 0 && depth === 16) {
    throw new UserError(
      `${name} is a 16-bit grey PNG, which Pillow would turn white: convert it to 8 bits.`,
    );
  }
  if (type === 3 || (type === 0 && depth === 1)) return "P";
  return type === 4 || type === 6 ? "RGBA" : "RGB";
}
