import { type CubeModel, count, type FactCondition } from "./cube.ts";
import { int } from "./field.ts";

const description = "How many facts there are.";

/** What is counted; no cube has a measure that is called so. */
export const FACTS = "facts";

/** The condition of the measure that counts people; of facts that it leaves out nobody is counted. */
export function factsOfPeople({ cube }: CubeModel): FactCondition | undefined {
  const measure = cube.people === undefined ? undefined : cube.measures[cube.people];
  return measure === undefined || measure.kind === "average" ? undefined : measure.where;
}

/**
 * The facts of a cube with one measure, `facts`: how many there are. Beside it only that of its people, if it has one.
 * @param where which facts are counted; undefined: all
 */
export function toCountingCube(cube: CubeModel, where?: FactCondition): CubeModel {
  const { people, measures, measureModel } = cube.cube;
  const ofPeople = people === undefined ? undefined : measures[people];
  const field = people === undefined ? undefined : measureModel.fields[people];
  const isKept = people !== undefined && ofPeople !== undefined && field !== undefined;
  return {
    ...cube,
    cube: {
      ...cube.cube,
      measures: {
        [FACTS]: count(description, { ...(where && { where }) }),
        ...(isKept ? { [people]: ofPeople } : {}),
      },
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
