/** Where the parity records and real images lie, and tests that skip with a message where they are absent. */

const root = new URL("../../shared/", import.meta.url);

/** The path of a file or folder under the shared folder beside the checkout. */
export function sharedPath(relative: string): string {
  return decodeURIComponent(new URL(relative, root).pathname);
}

/** A test that needs `relative` under the shared folder, and skips with a message where it is absent. */
export function sharedTest(
  name: string,
  relative: string,
  fn: (t: Deno.TestContext) => void | Promise<void>,
): void {
  const path = sharedPath(relative);
  let present = true;
  try {
    Deno.statSync(path);
  } catch {
    present = false;
  }
  Deno.test({ name: present ? name : `${name} (skipped: no ${path})`, ignore: !present, fn });
}
