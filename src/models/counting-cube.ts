import { type CubeModel, count } from "./cube.ts";
import { int } from "./field.ts";

const description = "How many facts there are.";

/** The facts of a cube with one measure, `facts`: how many there are. */
export function toCountingCube(cube: CubeModel): CubeModel {
  const measureModel: CubeModel["cube"]["measureModel"] = {
    ...cube.cube.measureModel,
    fields: { facts: int(description) },
    columns: { facts: "m_facts" },
    filters: ["facts"],
  };
  return {
    ...cube,
    cube: { ...cube.cube, measures: { facts: count(description) }, measureModel, rollUps: [] },
  };
}
