/** Where the published code's records lie: in the repository, packed. */

/** The path of a record's file under `test/fixtures/published`. */
export function publishedPath(file = ""): string {
  return decodeURIComponent(new URL(`fixtures/published/${file}`, import.meta.url).pathname);
}
