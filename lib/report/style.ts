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
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
main { max-width: 900px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 24px; line-height: 1.3; margin: 0 0 12px; }
h2 { font-size: 19px; margin: 40px 0 8px; padding-bottom: 4px; border-bottom: 1px solid var(--line); }
h3 { font-size: 15px; margin: 24px 0 6px; }
p, li, pre, td.long { overflow-wrap: anywhere; }
td.long { min-width: 12em; }
p { margin: 8px 0; }
.note, figcaption, small { color: var(--quiet); }
.note, figcaption { font-size: 13px; margin: 6px 0; }
small { font-size: 12px; }
td.number small { display: block; }
pre {
  margin: 8px 0; padding: 8px 12px; background: var(--band); border-radius: 4px;
  font: 13px/1.45 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap;
}
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 8px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { font-weight: 600; border-bottom-width: 2px; vertical-align: bottom; }
th.number, td.number { text-align: right; }
tbody tr:nth-child(even) { background: var(--band); }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.changed { color: var(--changed); font-weight: 600; }
details { margin: 16px 0; }
summary { cursor: pointer; font-weight: 600; }
#measures, #runs, #machines, #reported { font-size: 12px; }
#measures th, #measures td, #runs th, #runs td, #reported th, #reported td { padding: 4px 5px; }
figure { margin: 20px 0; }
figure > svg { display: block; width: 100%; background: none !important; color: var(--ink) !important; }
@media print {
  :root { --paper: #fff; --ink: #000; --quiet: #444; --line: #bbb; --band: #fff; }
  body { font-size: 11px; }
  main { max-width: none; padding: 0; }
  table { font-size: 10px; }
  .wide { overflow: visible; }
  details::details-content { content-visibility: visible; }
  h2, h3, summary { break-after: avoid; }
  figure, tr { break-inside: avoid; }
}
`;
