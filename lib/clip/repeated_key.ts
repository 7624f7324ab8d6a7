/** Keys that occur twice in one object of a JSON text: JSON.parse would silently keep the last. */

/**
 * The first key that occurs twice in one object of a valid JSON text. Reads each letter once, without a pattern: those
 * that match texts of megabytes run out of stack.
 */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    const letter = json[at];
    if (letter === "{") open.push(new Set());
    else if (letter === "}") open.pop();
    else if (letter === '"') {
      const end = closing(json, at);
      if (followedByColon(json, end)) {
        const key: string = JSON.parse(json.slice(at, end + 1));
        if (open.at(-1)!.has(key)) return key;
        open.at(-1)!.add(key);
      }
      at = end;
    }
  }
}

/** Where the text that begins at `at` ends. */
function closing(json: string, at: number): number {
  for (;;) {
    at = json.indexOf('"', at + 1);
    let slashes = 0;
    while (json[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at;
  }
}

function followedByColon(json: string, end: number): boolean {
  let at = end + 1;
  while (" \t\r\n".includes(json[at]!)) at++;
  return json[at] === ":";
}
