/** The page's script. */
import { visit } from "./visit.ts";

visit();
