/**
 * The style of the HTML report: quiet, light or dark as the reader's system is, and fit for paper.
 *
 * @module
 */

/** CSS. */
export const style = `:root {
  --paper: #fff; --ink: #1d1f21; --quiet: #5c6166; --line: #d9dcdf; --band: #f4f5f6;
  --good: #00614a; --bad: #a13d00; --changed: #6b3fa0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16181b; --ink: #e4e6e8; --quiet: #a2a8ae; --line: #373b40; --band: #1f2226;
    --good: #4fd1a5; --bad: #ff9d5c; --changed: #c3a1f0;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 16px; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 24px; line-height: 1.3; margin: 0 0 12px; text-wrap: balance; }
h2 { font-size: 19px; margin: 56px 0 8px; padding-bottom: 4px; border-bottom: 1px solid var(--line); }
h3 { font-size: 15px; margin: 28px 0 6px; }
.label { color: var(--quiet); font-weight: 400; }
h1, p, li { max-width: 54em; }
p, li, pre, td.long { overflow-wrap: anywhere; }
td.long { min-width: 14em; }
p { margin: 8px 0; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; }
a:hover { text-decoration-color: currentColor; }
nav ul { columns: 18em; margin: 20px 0 0; padding: 0; list-style: none; font-size: 14px; }
.note, figcaption, small { color: var(--quiet); }
.note, figcaption { font-size: 13px; margin: 6px 0; }
small { font-size: 11.5px; font-weight: 400; }
td.number small { display: block; }
pre {
  margin: 8px 0; padding: 8px 12px; background: var(--band); border-radius: 4px;
  font: 13px/1.45 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap;
}
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13.5px; line-height: 1.35; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 10px; text-align: left; vertical-align: baseline; }
thead th { border-bottom: 1.5px solid var(--ink); vertical-align: bottom; }
tbody { border-bottom: 1px solid var(--line); }
tbody:last-child { border-bottom: 1.5px solid var(--ink); }
th { font-weight: 600; }
tbody th { font-weight: 400; }
th.number, td.number { text-align: right; }
td.number { white-space: nowrap; }
tr:target, tr:hover > td { background: var(--band); }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.changed { color: var(--changed); font-weight: 600; }
td.best { font-weight: 700; }
td.tie { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 3px; }
td.tie small { text-decoration: none; display: block; }
td.best small { font-weight: 400; }
details { margin: 12px 0; }
summary { cursor: pointer; font-weight: 600; font-size: 14px; }
#measures, #runs, #machines, #reported { font-size: 12px; }
#measures th, #measures td, #runs th, #runs td, #reported th, #reported td { padding: 3px 6px; }
figure { margin: 24px 0; }
figure > svg { display: block; width: 100%; max-width: 900px; background: none !important; color: var(--ink) !important; }
@media print {
  :root { --paper: #fff; --ink: #000; --quiet: #444; --line: #bbb; --band: #fff; }
  body { font-size: 11px; }
  h1 { font-size: 18px; }
  h2 { font-size: 14px; margin-top: 28px; }
  h3 { font-size: 11.5px; margin-top: 16px; }
  main { max-width: none; padding: 0; }
  table { font-size: 10px; }
  small { font-size: 8.5px; }
  .note, figcaption { font-size: 10px; }
  th, td { padding: 2px 6px; }
  #measures, #runs, #machines, #reported { font-size: 8px; }
  #measures :is(th, td), #runs :is(th, td), #machines :is(th, td), #reported :is(th, td) { padding: 1px 3px; }
  td.long { min-width: 10em; }
  .wide { overflow: visible; }
  details::details-content { content-visibility: visible; }
  h2, h3, summary { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  nav { display: none; }
}
`;
