import { groupShapes } from "./group-shapes.ts";
import { joinShapes } from "./join-shapes.ts";
import { keyShapes } from "./key-shapes.ts";
import { nameShapes } from "./name-shapes.ts";
import { queryShapes } from "./query-shapes.ts";
import type { Shape } from "./shape.ts";
import { windowShapes } from "./window-shapes.ts";

export const allShapes: readonly Shape[] = [
  ...joinShapes,
  ...keyShapes,
  ...queryShapes,
  ...groupShapes,
  ...windowShapes,
  ...nameShapes,
];
