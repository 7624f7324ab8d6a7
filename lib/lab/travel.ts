/**
 * Values in other processes: what a plan says so that a worker has the same methods and data sets. A name is enough for
 * what this module has; a value of the user's own is imported from the module that defined it. What no module exports (a
 * notebook's method, a data set in memory, a CLIP in memory) cannot travel, and its cells run where it is.
 *
 * @module
 */
import { absoluteSpec, type Dataset } from "../datasets/mod.ts";
import { UserError } from "../errors.ts";
import type { AnyMethod, Values } from "./experiments.ts";

/** An export of a module. */
export interface Export {
  /** The module's URL. */
  module: string;
  /** The name that the module exports it under. */
  export: string;
}

/** How another process has what names stand for. */
export interface Travelling {
  /** Methods of the user's own. */
  methods: Record<string, Export>;
  /** Data sets: a name or `folder:PATH`, or an export; and the folder that it lies under. */
  datasets: Record<string, ({ spec: string } | Export) & { root: string }>;
}

/** Names of what stays in this process, with why, in words. */
export type Staying = Map<string, string>;

/** Finds out how values travel. `root` gives the folder that a data set lies under. */
export async function travelling(
  { methods, datasets, specs, clips }: Values,
  root: (name: string) => string,
): Promise<{ travels: Travelling; stays: Staying }> {
  const travels: Travelling = { methods: {}, datasets: {} };
  const stays: Staying = new Map();
  for (const [name, value] of methods) {
    const found = await exportOf(value, value.module);
    if (found) travels.methods[name] = found;
    else stays.set(name, `the method ${name} is exported by no module but the program`);
  }
  for (const [name, given] of specs) {
    travels.datasets[name] = { spec: absoluteSpec(given), root: root(name) };
  }
  for (const [name, value] of datasets) {
    const found = "load" in value ? await exportOf(value, value.module) : undefined;
    if (found) travels.datasets[name] = { ...found, root: root(name) };
    else stays.set(name, `the data set ${name} is exported by no module but the program`);
  }
  for (const [name, { name: title }] of clips) stays.set(name, `the CLIP ${title} is in memory`);
  return { travels, stays };
}

/** Where a value is exported, if its module is another than the program, which would start all over. */
async function exportOf(value: object, module: string | undefined): Promise<Export | undefined> {
  if (module === undefined || module === mainModule()) return undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A module that waits for this very run cannot be waited for.
  const late = new Promise<undefined>((done) => timer = setTimeout(() => done(undefined), 1000));
  const exports = await Promise.race([import(module).catch(() => undefined), late]);
  clearTimeout(timer);
  const name = Object.keys(exports ?? {}).find((key) => exports[key] === value);
  return name === undefined ? undefined : { module, export: name };
}

function mainModule(): string | undefined {
  try {
    return Deno.mainModule;
  } catch {
    return undefined; // not to be known without --allow-read
  }
}

/**
 * The values of a plan, imported. This runs the modules that it names: only for a plan that the user's own program made.
 *
 * @throws {UserError} where a module has no such export
 */
export async function arrived({ methods, datasets }: Travelling): Promise<Values> {
  const values: Values = {
    ...{ methods: new Map(), datasets: new Map(), specs: new Map(), clips: new Map() },
  };
  for (const [name, from] of Object.entries(methods)) {
    values.methods.set(name, await imported<AnyMethod>(from, name, "learner"));
  }
  for (const [name, from] of Object.entries(datasets)) {
    if ("spec" in from) values.specs.set(name, from.spec);
    else values.datasets.set(name, await imported<Dataset>(from, name, "load"));
  }
  return values;
}

async function imported<T extends { name: string }>(
  { module, export: key }: Export,
  name: string,
  has: keyof T & string,
): Promise<T> {
  let value: T | undefined;
  try {
    value = (await import(module))[key];
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split("\n");
    throw new UserError(`${name} cannot be imported from ${module}: ${line}`);
  }
  if (typeof value === "object" && value !== null && value.name === name && has in value) {
    return value;
  }
  throw new UserError(`${module} has no export ${key} that is ${name}: run the program again`);
}
