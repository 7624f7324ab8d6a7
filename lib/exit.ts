/**
 * Leaving a process while native code computes. `Deno.exit` runs what C libraries registered for the end: TensorFlow's and
 * libvips' destructors free what their own threads still work on, and one in twenty such ends was a segmentation fault.
 * `_exit` leaves all of that to the kernel.
 *
 * @module
 */

/** The C library by system. */
const libraries: Partial<Record<typeof Deno.build.os, string>> = {
  linux: "libc.so.6",
  darwin: "libSystem.B.dylib",
};

/**
 * Ends the process at once with this code, without the destructors of native libraries where the program may call the C
 * library (`ffi`); where it may not, it has loaded none.
 */
export function exitAtOnce(code: number): never {
  const path = libraries[Deno.build.os];
  try {
    if (path !== undefined && Deno.permissions.querySync({ name: "ffi" }).state === "granted") {
      const { symbols } = Deno.dlopen(path, { _exit: { parameters: ["i32"], result: "void" } });
      symbols._exit(code);
    }
  } catch {
    // Another C library (musl): the ordinary end.
  }
  Deno.exit(code);
}
