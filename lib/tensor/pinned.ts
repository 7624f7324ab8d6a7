/**
 * The wheels that the native backend is made of, by the SHA-256 of their bytes: each was downloaded from PyPI with pip and
 * hashed, on 28 November 2026. The package index says where they are; that it gives these and no others is seen here.
 *
 * @module
 */

/** SHA-256 of a wheel, by its file's name. */
export const pinnedWheels: Readonly<Record<string, string>> = {
  "tensorflow_cpu-2.18.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl":
    "810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298",
  "tensorflow-2.18.1-cp311-cp311-manylinux_2_17_aarch64.manylinux2014_aarch64.whl":
    "8a6485edd2148f70d011dbd1d8dc2c775e91774a5a159466e83d0d1f21580944",
};
