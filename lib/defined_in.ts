/**
 * Where a value of somebody's own is defined: the module that calls the function that asks. Another process can import it
 * from there, and its text tells versions of it apart.
 *
 * @module
 */

/**
 * The URL of the module that called a function of the module `own`; undefined where the caller has none, such as a
 * notebook's cell. Read off the stack, so that nobody has to hand over `import.meta.url`.
 */
export function definedIn(own: string): string | undefined {
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  for (const frame of frames) {
    const [, shown] = /((?:file|https?):\/\/.+?):\d+:\d+\)?$/.exec(frame) ?? [];
    if (shown === undefined) return undefined;
    const url = new URL(shown).href; // the stack shows a blank as it is
    if (url !== own && url !== import.meta.url) return url;
  }
  return undefined;
}
