/**
 * pocket-objects-a: which of the pictures numbered from 0 belong to it, by class. They are the first twelve of each class that another
 * checkpoint, of step 2,300 of the 3,000 of the committed pocket CLIP's training, gets wrong zero-shot: the committed one is not wrong
 * on them by construction.
 *
 * @module
 */

/** Numbers of the pictures, by label. */
// deno-fmt-ignore
export const adversarial: readonly (readonly number[])[] = [
  [0, 1, 2, 4, 5, 7, 8, 9, 10, 11, 13, 15], // house
  [1, 5, 6, 9, 11, 12, 15, 16, 26, 40, 41, 48], // apple tree
  [2, 4, 7, 8, 11, 12, 14, 15, 19, 20, 21, 26], // pine tree
  [1, 4, 5, 11, 25, 27, 30, 31, 33, 34, 43, 45], // car
  [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12], // sailing boat
  [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], // teacup
  [3, 4, 7, 10, 25, 27, 28, 32, 33, 41, 54, 55], // fish
  [5, 11, 15, 20, 25, 32, 37, 40, 41, 42, 44, 47], // key
  [4, 5, 7, 8, 10, 17, 19, 22, 26, 29, 31, 35], // umbrella
  [0, 3, 5, 8, 9, 10, 11, 13, 14, 15, 17, 19], // mushroom
  [24, 32, 38, 55, 66, 71, 85, 100, 129, 143, 146, 149], // apple
  [6, 12, 18, 20, 27, 29, 30, 35, 38, 47, 50, 51], // alarm clock
  [3, 8, 10, 11, 41, 42, 48, 67, 69, 74, 76, 102], // star
  [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 13], // heart
  [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], // arrow
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12], // ladder
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], // hammer
  [2, 3, 5, 7, 9, 13, 18, 23, 24, 27, 30, 40], // hot air balloon
  [0, 1, 2, 3, 8, 10, 11, 12, 16, 17, 18, 21], // kite
  [0, 2, 3, 5, 6, 7, 10, 11, 12, 15, 16, 19], // crown
  [5, 11, 19, 22, 29, 33, 34, 35, 46, 47, 50, 51], // snowman
  [3, 12, 15, 23, 26, 33, 34, 37, 38, 39, 47, 50], // pair of scissors
  [0, 2, 3, 4, 7, 9, 12, 15, 16, 19, 20, 22], // ice cream cone
  [2, 6, 7, 10, 12, 15, 17, 20, 26, 28, 30, 31], // windmill
  [3, 11, 13, 15, 27, 31, 37, 39, 47, 49, 51, 52], // light bulb
  [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12], // camera
  [28, 31, 47, 50, 59, 87, 168, 182, 205, 227, 252, 267], // anchor
  [3, 4, 5, 6, 7, 8, 9, 13, 15, 18, 21, 22], // tent
  [0, 1, 7, 8, 10, 11, 12, 13, 14, 15, 17, 18], // cactus
  [21, 35, 75, 77, 101, 104, 105, 121, 125, 127, 134, 153], // football
  [7, 21, 30, 35, 57, 78, 85, 93, 99, 111, 121, 136], // butterfly
  [0, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14], // lighthouse
];
