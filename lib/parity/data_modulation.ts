/**
 * Initial weights of ProMetaR's modulation: their shapes are those that prompts of that depth need.
 *
 * @module
 */
import type { TensorFile } from "../clip/mod.ts";
import { UserError } from "../errors.ts";
import { initModulation } from "../methods/modulation.ts";
import { streams } from "../random/mod.ts";
import { tidy, zeros } from "../tensor/mod.ts";
import { type Comparison, same } from "./compare.ts";
import type { DataCheck } from "./data.ts";
import { type ParityFolder, type ParityRecord, tensorsNamed } from "./manifest.ts";
import { parameterName } from "./names.ts";

/** `prometar_vnet_init_d2`: compared for every trajectory that starts from it. */
export const modulationCheck: DataCheck = {
  matches: ({ name }) => name.startsWith("prometar_vnet_init"),
  async check(folder, record) {
    const users = folder.records.filter(({ modulationInit }) =>
      modulationInit !== undefined && tensorsNamed(modulationInit) === record.file
    );
    if (users.length === 0) {
      throw new UserError(`No trajectory starts from ${record.file}, so nothing says its shapes.`);
    }
    const recorded = shapes(await folder.open(record.file));
    return await Promise.all(users.map((user) => fits(folder, user, recorded)));
  },
};

/** The shapes that the modulation of a trajectory's prompts has. */
async function fits(
  folder: ParityFolder,
  user: ParityRecord,
  recorded: Record<string, number[]>,
): Promise<Comparison> {
  const file = await folder.open(user.file);
  const prompts = file.keys.filter((key) => key.startsWith("init/"));
  const group = Number(user.settings?.modulationGroup ?? 8);
  const own = tidy(() => {
    const start = prompts.map((key) =>
      [parameterName(key.slice("init/".length)), file.shape(key)] as const
    );
    const modulation = initModulation(
      Object.fromEntries(start.map(([name, shape]) => [name, zeros(shape)])),
      group,
      streams(0),
    );
    return Object.entries(modulation).map(([name, { shape }]) => [name, shape] as const);
  });
  return same(`shapes for ${user.name}`, sorted(own), sorted(Object.entries(recorded)));
}

function shapes(file: TensorFile): Record<string, number[]> {
  return Object.fromEntries(file.keys.map((key) => [parameterName(key), file.shape(key)]));
}

function sorted<T>(entries: (readonly [string, T])[]): (readonly [string, T])[] {
  return entries.toSorted(([a], [b]) => a < b ? -1 : 1);
}
