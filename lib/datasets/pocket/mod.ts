/**
 * The pocket suite: eleven small data sets and four shifts, drawn by this project on first use, and the captioned pictures that its
 * CLIP is trained on. A small drawn world, never to be mistaken for the papers' data.
 *
 * @module
 */

export { drawPocket, pocketSets, pocketShifts } from "./write.ts";
export { captionWords, drawScene, type Scene } from "./scene.ts";
