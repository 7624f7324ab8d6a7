/** Settings with which every method fits towers of three layers. */
const small = {
  ...{ sweep: false, layer: 2, layers: [1, 2], firstBlock: 1, lastBlock: 2 },
  ...{ depth: 2, textDepth: 2, imageDepth: 2, views: 2 },
};

/** Those that a method has. */
export function smallSettings(method: { settings: object }): Record<string, unknown> {
  return Object.fromEntries(Object.entries(small).filter(([key]) => key in method.settings));
}
