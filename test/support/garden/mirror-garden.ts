import { fileURLToPath } from "node:url";
import { type MirrorContents, openMirror, type TestMirror } from "../open-mirror.ts";
import { compareGarden } from "./compare-garden.ts";
import { plantGarden } from "./plant-garden.ts";
import gardenProject from "./vitrine.config.ts";

/** A garden of four plants. */
export const gardenContents: MirrorContents = {
  project: gardenProject,
  sqlDir: fileURLToPath(new URL("sql", import.meta.url)),
  prepare: plantGarden,
  compare: compareGarden,
};

/** Opens databases of its own, with the garden in it. Nothing is mirrored yet. */
export const openMirrorGarden = (): Promise<TestMirror> => openMirror(gardenContents);
