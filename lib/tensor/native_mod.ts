/**
 * The native backend, found, built and taken away: for programs with files of their own. What computes loads it only when it
 * is chosen, so that the rest of this room loads in a browser.
 *
 * @module
 */
export { nativeCache, nativeFault, nativeFolder, type NativeKind } from "./native.ts";
export { buildNative, missingForNative, removeNative } from "./native_build.ts";
