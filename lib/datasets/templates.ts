/** The published templates, see lib/templates.ts. @module */
export * from "../templates.ts";
