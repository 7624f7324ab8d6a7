/**
 * A report before it is Markdown or HTML: a sequence of blocks.
 *
 * @module
 */

import type { ReportTable } from "./table.ts";

/** A piece of a report. */
export type Block =
  | { kind: "heading"; text: string }
  | { kind: "text"; text: string }
  /** A command line or the like, verbatim. */
  | { kind: "code"; text: string }
  /** Items of a list with an `anchor` can be led to: `#anchor-1` is the first. */
  | { kind: "list"; items: string[]; numbered?: boolean; anchor?: string }
  /**
   * `folded` tables are long and of second interest: HTML opens them on a click and when printing. Tables of `detail` lay
   * out what `report.json` has in its cells.
   */
  | { kind: "table"; table: ReportTable; folded?: boolean; detail?: boolean }
  /** An SVG text that figures of this project made: data in it is escaped. `folded`: what it opens by. */
  | { kind: "figure"; svg: string; caption: string; folded?: string };

/** A whole report. */
export interface Document {
  /** What it is: the first line. */
  headline: string;
  blocks: Block[];
}
