import type { Destination } from "./destination.ts";
import { openFolder } from "./folder.ts";

/** Opens the destination that `--to` names: a folder. */
export const openDestination = (name: string): Destination => openFolder(name);
