import { compareShop } from "./comparator.ts";
import { openMirror, type TestMirror } from "./open-mirror.ts";
import { prepareShop } from "./shop-operations.ts";

export type MirrorShop = TestMirror;

/** Opens databases of its own, with a shop of four customers in it. Nothing is mirrored yet. */
export const openMirrorShop = (): Promise<MirrorShop> =>
  openMirror({ prepare: prepareShop, compare: compareShop });
