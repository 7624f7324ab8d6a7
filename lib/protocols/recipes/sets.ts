/**
 * The papers' data sets, in their order.
 *
 * @module
 */

/** The eleven. */
export const eleven: string[] = [
  "imagenet",
  "caltech101",
  "oxford_pets",
  "stanford_cars",
  "oxford_flowers",
  "food101",
  "fgvc_aircraft",
  "sun397",
  "dtd",
  "eurosat",
  "ucf101",
];

/** ImageNet and its four shifts. */
export const imagenets: string[] = [
  "imagenet",
  "imagenetv2",
  "imagenet_sketch",
  "imagenet_a",
  "imagenet_r",
];
