/**
 * The eleven worlds, in the order in which the papers list the data sets whose parts they play.
 *
 * @module
 */

import { aircraft } from "./aircraft.ts";
import { flowers } from "./flowers.ts";
import { food } from "./food.ts";
import { objects } from "./objects.ts";
import { pets } from "./pets.ts";
import { poses } from "./poses.ts";
import { scenes } from "./scenes.ts";
import type { World } from "./subject.ts";
import { textures } from "./textures.ts";
import { things } from "./things.ts";
import { tiles } from "./tiles.ts";
import { vehicles } from "./vehicles.ts";

/** The eleven worlds. */
export const worlds: readonly World[] = [
  objects,
  things,
  pets,
  vehicles,
  flowers,
  food,
  aircraft,
  scenes,
  textures,
  tiles,
  poses,
];
