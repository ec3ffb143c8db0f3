import { type CubeModel, count } from "./cube.ts";
import { int } from "./field.ts";

const description = "How many facts there are.";

/** What is counted; no cube has a measure that is called so. */
export const FACTS = "facts";

/** The facts of a cube with one measure, `facts`: how many there are. Beside it only that of its people, if it has one. */
export function toCountingCube(cube: CubeModel): CubeModel {
  const { people, measures, measureModel } = cube.cube;
  const ofPeople = people === undefined ? undefined : measures[people];
  const field = people === undefined ? undefined : measureModel.fields[people];
  const isKept = people !== undefined && ofPeople !== undefined && field !== undefined;
  return {
    ...cube,
    cube: {
      ...cube.cube,
      measures: { [FACTS]: count(description), ...(isKept ? { [people]: ofPeople } : {}) },
      measureModel: {
        ...measureModel,
        fields: { [FACTS]: int(description), ...(isKept ? { [people]: field } : {}) },
        columns: {
          [FACTS]: "m_facts",
          ...(isKept ? { [people]: measureModel.columns[people] ?? people } : {}),
        },
        filters: [FACTS, ...(isKept ? [people] : [])],
      },
      rollUps: [],
    },
  };
}
