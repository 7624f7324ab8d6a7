/**
 * Arquero, with the release of its column store that works: a newer one (2.7.0) asks for a package that does not exist.
 * Who imports this module from a registry has no lock file of ours, but Deno takes a release that is already chosen.
 *
 * @module
 */
import "@uwdata/flechette";

export { type ColumnTable, escape, from, op } from "arquero";
