import type { Project } from "../../src/models/project.ts";
import { compareShop } from "./comparator.ts";
import { type MirrorContents, openMirror, type TestMirror } from "./open-mirror.ts";
import { shopAlone } from "./shop-alone.ts";
import { prepareShop } from "./shop-operations.ts";

export type MirrorShop = TestMirror;

/** A shop of four customers. */
export const shopContents: MirrorContents = {
  project: shopAlone,
  prepare: prepareShop,
  compare: compareShop,
};

/**
 * Opens databases of its own, with the shop in it. Nothing is mirrored yet.
 * @param project the repository's, where commands are run on them
 */
export const openMirrorShop = (project: Project = shopAlone): Promise<MirrorShop> =>
  openMirror({ ...shopContents, project });
