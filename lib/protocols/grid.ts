/**
 * The cells of a reproduction: protocol × method × data set × shots × seed.
 *
 * @module
 */
import type { LoadedDataset } from "../datasets/mod.ts";
import type { Cell } from "../engine/mod.ts";
import type { Method } from "../methods/mod.ts";
import type { Protocol } from "./protocol.ts";

/** What is crossed. */
export interface Axes {
  protocol: Protocol;
  methods: Method[];
  datasets: LoadedDataset[];
  shots: number[];
  seeds: number[];
}

/** All cells, data set by data set. */
export function cells({ protocol, methods, datasets, shots, seeds }: Axes): Cell[] {
  const sources = protocol.oneSource ? datasets.slice(0, 1) : datasets;
  return sources.flatMap((dataset) =>
    methods.flatMap((method) =>
      shots.flatMap((shot) =>
        seeds.map((seed) => ({
          protocol: protocol.name,
          method: method.name,
          dataset: dataset.name,
          shots: shot,
          seed,
        }))
      )
    )
  );
}
