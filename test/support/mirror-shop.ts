import { compareShop } from "./comparator.ts";
import { type MirrorContents, openMirror, type TestMirror } from "./open-mirror.ts";
import { prepareShop } from "./shop-operations.ts";

export type MirrorShop = TestMirror;

/** A shop of four customers. */
export const shopContents: MirrorContents = { prepare: prepareShop, compare: compareShop };

/** Opens databases of its own, with the shop in it. Nothing is mirrored yet. */
export const openMirrorShop = (): Promise<MirrorShop> => openMirror(shopContents);
