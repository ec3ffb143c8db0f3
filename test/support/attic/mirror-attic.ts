import { fileURLToPath } from "node:url";
import { type MirrorContents, openMirror, type TestMirror } from "../open-mirror.ts";
import { compareAttic } from "./compare-attic.ts";
import { fillAttic } from "./fill-attic.ts";
import atticProject from "./vitrine.config.ts";

/** An attic of labels, entries and salaries. */
export const atticContents: MirrorContents = {
  project: atticProject,
  sqlDir: fileURLToPath(new URL("sql", import.meta.url)),
  prepare: fillAttic,
  compare: compareAttic,
};

/** Opens databases of its own, with the attic in it. Nothing is mirrored yet. */
export const openMirrorAttic = (): Promise<TestMirror> => openMirror(atticContents);
