import type { CubeModel, Dimension, Measure } from "./cube.ts";
import { measuresNameOf, rollUpNameOf } from "./derived-names.ts";
import { type Field, int, string } from "./field.ts";
import { type DocumentModel, defineModel, type ModelDefinition } from "./model.ts";
import { determines } from "./period.ts";
import { checkMix } from "./required-dimensions.ts";

/** Groups of facts that are kept ready: `{ by: ["placedOnMonth", "state"], measures: ["revenue"] }`. */
export interface RollUpDefinition {
  /** Dimensions of the cube, periods too. The first has an index in the mirror: name what questions narrow by. */
  readonly by: readonly string[];
  /** Measures of the cube. An average is kept as its sum and its count. */
  readonly measures: readonly string[];
}

/**
 * A model whose documents are groups of a cube's facts, with their measures. It is a cube itself, with the names of the
 * cube that it is of: to group and add up its documents is to group and add up the facts.
 */
export interface RollUpModel extends CubeModel {
  readonly rollUp: {
    /** The cube of the facts, without its roll-ups. */
    readonly facts: CubeModel;
    /** What its documents are grouped by: dimensions of the facts. */
    readonly by: readonly Dimension[];
    /** Dimensions of the facts that follow from these: each group has one value of them. */
    readonly determined: readonly Dimension[];
    /** The measures that a document holds: no averages. */
    readonly measures: readonly string[];
  };
}

/** Whether the documents of a model are groups of a cube's facts. */
export const isRollUp = (model: DocumentModel): model is RollUpModel => "rollUp" in model;

/** The key of a roll-up's documents: the values that it is grouped by, as texts in a JSON array. */
export const GROUP_KEY = "groupId";

/** Documents of a roll-up are small, and each batch adds up the facts of its groups, often nearly all, again. */
const BATCH = 10_000;
/**
 * To read a group is to add up its facts: not on the fast path, which others wait for, and of a group that many sales
 * change at once not for each of them.
 */
const EVERY = "100ms";

/** Whether a dimension of a date says of each value in which value of the other it is. */
export function foldsInto(one: Pick<Dimension, "field" | "period">, other: typeof one): boolean {
  return one.field === other.field && determines(one.period, other.period);
}

/**
 * The roll-ups of a cube, in the order of the definition.
 * @throws TypeError that names the cube, the roll-up and the remedy: for a measure that cannot be folded, for a dimension
 *   that there is not, that is named twice or that follows from another
 */
export function defineRollUps(
  cube: CubeModel,
  definitions: readonly RollUpDefinition[],
): readonly RollUpModel[] {
  const named = new Set<string>();
  return definitions.map((definition) => {
    const rollUp = defineRollUp(cube, definition);
    if (named.has(rollUp.name))
      throw new TypeError(
        `Cube ${cube.name}: two roll-ups are by ${definition.by.join(", ")}. Make one of them.`,
      );
    named.add(rollUp.name);
    return rollUp;
  });
}

/**
 * The roll-up of a cube, whether it declares it or not.
 * @throws TypeError as `defineRollUps` does
 */
export function defineRollUp(cube: CubeModel, { by, measures }: RollUpDefinition): RollUpModel {
  const fail = (problem: string): never => {
    throw new TypeError(`Cube ${cube.name}: the roll-up by ${by.join(", ") || "nothing"} ${problem}`);
  };
  const dimensions = readDimensions(cube, by, fail);
  const determined = findDetermined(cube, dimensions);
  const told = [...dimensions, ...determined];
  const held = readMeasures(cube, measures, dimensions, fail);
  for (const name of held) checkMix(cube.cube.measures, name, told, fail);
  const keys: Record<string, Field> = {
    [GROUP_KEY]: string(
      "What the group is of: its values as texts in a JSON array, null where there is none.",
    ),
  };
  for (const { name, type } of told) keys[name] = { ...type, filter: true };
  const fields: Record<string, Field> = { ...keys };
  for (const name of held) fields[name] = cube.cube.measureModel.fields[name] ?? int(name);
  for (const name of held)
    if (name in keys) fail(`has a measure "${name}", which is the name of its key. Rename it.`);
  if (GROUP_KEY in cube.cube.dimensions) fail(`cannot have "${GROUP_KEY}" as dimension. Rename it.`);
  const definition: ModelDefinition<Record<string, Field>> = {
    name: rollUpNameOf(cube.name, by),
    typeName: `${cube.typeName}By${by.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join("")}`,
    description: `${cube.typeName} by ${by.join(", ")}: groups that are kept ready.`,
    key: GROUP_KEY,
    batch: BATCH,
    every: EVERY,
    unindexed: told.slice(1).map(({ name }) => name),
    fields,
  };
  const model: DocumentModel = defineModel(definition);
  const facts: CubeModel = { ...cube, cube: { ...cube.cube, rollUps: [] } };
  return {
    ...model,
    cube: {
      dimensions: Object.fromEntries(foldDimensions(cube, told)),
      measures: foldMeasures(cube, held, dimensions),
      determinedBy: {},
      measureModel: { ...cube.cube.measureModel, name: model.name, typeName: measuresNameOf(model.typeName) },
      rollUps: [],
    },
    rollUp: { facts, by: dimensions, determined, measures: held },
  };
}

type Fail = (problem: string) => never;

function readDimensions(cube: CubeModel, by: readonly string[], fail: Fail): readonly Dimension[] {
  if (by.length === 0) fail('has no dimension. Name one at least: `by: ["state"]`.');
  const dimensions = by.map((name) => {
    const found = Object.hasOwn(cube.cube.dimensions, name) ? cube.cube.dimensions[name] : undefined;
    return found ?? fail(`names "${name}", which is no dimension of the cube.`);
  });
  for (const [index, one] of dimensions.entries())
    for (const [at, other] of dimensions.entries())
      if (at !== index && (foldsInto(one, other) || isDetermined(cube, other, one)))
        fail(
          one.name === other.name
            ? `names "${one.name}" twice.`
            : `has "${other.name}" beside "${one.name}", from which it follows. Leave "${other.name}" out.`,
        );
  return dimensions;
}

/** Whether a dimension follows from another, which is grouped by as it is. */
const isDetermined = ({ cube }: CubeModel, one: Dimension, by: Dimension): boolean =>
  by.period === null && cube.determinedBy[one.field] === by.name;

/** The dimensions that follow from others; their periods follow from them. */
const findDetermined = (cube: CubeModel, by: readonly Dimension[]): readonly Dimension[] =>
  Object.values(cube.cube.dimensions).filter(
    (one) => one.period === null && by.some((other) => isDetermined(cube, one, other)),
  );

/** The measures that a roll-up holds, with the parts of its averages. */
function readMeasures(
  cube: CubeModel,
  names: readonly string[],
  by: readonly Dimension[],
  fail: Fail,
): readonly string[] {
  if (names.length === 0) fail('holds no measure. Name one at least: `measures: ["revenue"]`.');
  const all = names.flatMap((name) => {
    const measure = Object.hasOwn(cube.cube.measures, name) ? cube.cube.measures[name] : undefined;
    if (!measure) return fail(`names "${name}", which is no measure of the cube.`);
    return measure.kind === "average" ? [measure.sum, measure.count] : [name];
  });
  for (const name of new Set(all)) {
    const problem = findFoldProblem(cube, name, by);
    if (problem !== null) fail(problem);
  }
  return [...new Set(all)];
}

/** Why a measure of finer groups says nothing of their sums; null when it can be folded. */
export function findFoldProblem(cube: CubeModel, name: string, by: readonly Dimension[]): string | null {
  const measure = cube.cube.measures[name];
  if (measure?.kind !== "countDistinct" || isAdditive(measure, by) || isCountedKey(measure, by)) return null;
  const spread = by.filter(({ field }) => !measure.within.includes(field)).map(({ field }) => field);
  return `cannot hold "${name}": one ${measure.field} may be in several of its groups, and would count in each. Add "${measure.field}" to its dimensions${spread.length > 0 ? `, or say in the measure's \`within\` that each has one ${spread.join(", one ")}` : ""}; or leave "${name}" out.`;
}

type Distinct = Measure & { readonly kind: "countDistinct" };

/** Whether each value that is counted is in one group only, so that counts add up. */
const isAdditive = (measure: Distinct, by: readonly Dimension[]): boolean =>
  by.every(({ field }) => field === measure.field || measure.within.includes(field));

/** Whether the groups of a roll-up tell the values that are counted apart. */
const isCountedKey = ({ field }: Distinct, by: readonly Dimension[]): boolean =>
  by.some((one) => one.field === field && one.period === null);

/** The dimensions of a cube that those of a roll-up say everything of, computed from its fields. */
function foldDimensions(
  cube: CubeModel,
  by: readonly Dimension[],
): readonly (readonly [string, Dimension])[] {
  return Object.values(cube.cube.dimensions).flatMap((wanted) => {
    const from = by.find((one) => foldsInto(one, wanted));
    if (!from) return [];
    const period = from.period === wanted.period ? null : wanted.period;
    return [[wanted.name, { ...wanted, field: from.name, period }] as const];
  });
}

/** The measures over a roll-up's documents that give those over the facts; averages of parts that are there. */
function foldMeasures(
  cube: CubeModel,
  held: readonly string[],
  by: readonly Dimension[],
): Readonly<Record<string, Measure>> {
  return Object.fromEntries(
    Object.entries(cube.cube.measures).flatMap(([name, measure]): (readonly [string, Measure])[] => {
      if (measure.kind === "average")
        return held.includes(measure.sum) && held.includes(measure.count) ? [[name, measure]] : [];
      return held.includes(name) ? [[name, foldMeasure(name, measure, by)]] : [];
    }),
  );
}

/** How a measure of groups comes from that of finer ones: sums of sums, sums of counts. */
function foldMeasure(
  name: string,
  measure: Exclude<Measure, { kind: "average" }>,
  by: readonly Dimension[],
): Measure {
  const { description, requires } = measure;
  const common = { field: name, where: undefined, requires, description };
  switch (measure.kind) {
    case "sum":
    case "count":
      return { kind: "sum", ...common };
    case "min":
    case "max":
      return { kind: measure.kind, ...common };
    case "countDistinct":
      if (isAdditive(measure, by)) return { kind: "sum", ...common };
      // A group is of one value, which counts when any of its facts does.
      return {
        ...measure,
        field: by.find((one) => one.field === measure.field)?.name ?? "",
        within: [],
        where: { [name]: { eq: 1 } },
      };
  }
}
