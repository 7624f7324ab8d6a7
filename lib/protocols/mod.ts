/**
 * The papers' protocols, the grid of cells, and running one.
 *
 * @module
 */
export * from "./grid.ts";
export * from "./protocol.ts";
export * from "./run_cell.ts";
export * from "./store.ts";
