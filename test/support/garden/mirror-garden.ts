import { fileURLToPath } from "node:url";
import { openMirror, type TestMirror } from "../open-mirror.ts";
import { compareGarden } from "./compare-garden.ts";
import { plantGarden } from "./plant-garden.ts";
import gardenProject from "./vitrine.config.ts";

/** Where the garden's project and its SQL are: for `openTestDatabase`. */
export const gardenOptions = {
  project: gardenProject,
  sqlDir: fileURLToPath(new URL("sql", import.meta.url)),
};

/** Opens databases of its own, with a garden of four plants in it. Nothing is mirrored yet. */
export const openMirrorGarden = (): Promise<TestMirror> =>
  openMirror({ ...gardenOptions, prepare: plantGarden, compare: compareGarden });
