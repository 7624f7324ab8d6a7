/**
 * The recipes that `deno task reproduce --preset` knows.
 *
 * @module
 */
import type { Recipe } from "../experiment.ts";
import { field } from "./field.ts";
import { paper } from "./paper.ts";
import { pocket } from "./pocket.ts";

/**
 * Every recipe; the first is the default.
 *
 * @category Reproduce
 */
export const recipes: readonly Recipe[] = [pocket, paper, field];
