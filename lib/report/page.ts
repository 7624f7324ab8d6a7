/**
 * An HTML page that needs nothing else: no script, no network, its styles inside.
 *
 * @module
 */

import { escape } from "he";
import { style } from "./style.ts";

/**
 * The page around a body that is HTML. Its policy forbids scripts and requests, whatever the body holds.
 *
 * @param more styles beside those of all pages
 */
export function htmlPage(title: string, body: string, more = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>
${style}${more}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}
