/**
 * A cube is a model whose documents are facts (one row = one fact = one document), so that the mirror
 * keeps it as it keeps any other, with dimensions to group them by and measures to compute over groups.
 */
import { type Conversion, checkConversion } from "./conversion.ts";
import { measuresNameOf } from "./derived-names.ts";
import { dimensionsOf } from "./dimension-of.ts";
import type { Field, Fields, ScalarField } from "./field.ts";
import { measureField } from "./measure-field.ts";
import { type DocumentModel, defineModel, type ModelDefinition, toColumnName } from "./model.ts";
import type { Period } from "./period.ts";
import { checkRequired } from "./required-dimensions.ts";
import { defineRollUps, type RollUpDefinition, type RollUpModel } from "./roll-up.ts";

/** One thing to group by: a field of the facts, or the period that a date or moment of the facts falls in. */
export interface Dimension {
  /** `state`, `placedOn`, `placedOnMonth`: a key of the rows. */
  readonly name: string;
  readonly description: string;
  /** The field of the facts that it is computed from. */
  readonly field: string;
  readonly period: Period | null;
  /** Kind of the key's values. */
  readonly type: ScalarField;
  /** What it was called before. */
  readonly formerly?: string | undefined;
}

/** What a measure asks of a field, as a `where` says it: null fits `ne` and `notIn` only. */
export interface FieldCondition {
  readonly eq?: ConditionValue;
  readonly ne?: ConditionValue;
  readonly in?: readonly ConditionValue[];
  readonly notIn?: readonly ConditionValue[];
  /** true: has no value. false: has one. */
  readonly isNull?: boolean;
}
type ConditionValue = string | number | boolean;
/** Conditions on fields of the facts; all of them must hold. */
export type FactCondition = Readonly<Record<string, FieldCondition>>;

interface OfFacts {
  /** Only these facts count. A group has a row all the same when none of its facts does. */
  readonly where?: FactCondition | undefined;
  /** Dimensions of which no value goes across several, as money across currencies: each is grouped by, or filtered to one value. */
  readonly requires?: readonly string[] | undefined;
  readonly description: string;
}

/**
 * One value of a group. Nulls are left out of every measure, as in SQL; the sum of nothing is 0, the least and the greatest of
 * nothing is null.
 */
export type Measure =
  | (OfFacts & { readonly kind: "count" })
  | (OfFacts & { readonly kind: "sum" | "min" | "max"; readonly field: string })
  | (OfFacts & {
      readonly kind: "countDistinct";
      readonly field: string;
      /** Each value of `field` has one value of each of these fields, as an order has one customer. */
      readonly within: readonly string[];
    })
  | {
      readonly kind: "average";
      /** The measures it divides, of the same facts: `sum` by `count` or `countDistinct`. Null when the divisor is 0. */
      readonly sum: string;
      readonly count: string;
      /** Digits after the point, rounded half up (away from zero). */
      readonly scale: number;
      readonly description: string;
    };

interface MeasureOptions {
  readonly where?: FactCondition;
  readonly requires?: readonly string[];
}

const ofFacts = (description: string, { where, requires }: MeasureOptions): OfFacts => ({
  where,
  ...(requires ? { requires } : {}),
  description,
});

/** How many facts there are. */
export const count = (description: string, options: MeasureOptions = {}): Measure => ({
  kind: "count",
  ...ofFacts(description, options),
});
/** The sum of a field, exact. */
export const sum = (field: string, description: string, options: MeasureOptions = {}): Measure => ({
  kind: "sum",
  field,
  ...ofFacts(description, options),
});
/** The least value of a field: a number, a day or a moment; null where there is none. Texts have no such order for people. */
export const min = (field: string, description: string, options: MeasureOptions = {}): Measure => ({
  kind: "min",
  field,
  ...ofFacts(description, options),
});
/** The greatest value of a field, as `min`. */
export const max = (field: string, description: string, options: MeasureOptions = {}): Measure => ({
  kind: "max",
  field,
  ...ofFacts(description, options),
});
/**
 * `within` lets the mirror count both fields in one go, several times as fast as without, and lets roll-ups by these fields
 * hold the count; where it is not true of the facts, the count is too high.
 */
export const countDistinct = (
  field: string,
  description: string,
  options: MeasureOptions & { readonly within?: string | readonly string[] } = {},
): Measure => ({
  kind: "countDistinct",
  field,
  within: [options.within ?? []].flat(),
  ...ofFacts(description, options),
});
/** A sum over a count, divided once per group: never an average of averages. */
export const average = (sum: string, count: string, scale: number, description: string): Measure => ({
  kind: "average",
  sum,
  count,
  scale,
  description,
});

export interface CubeDefinition<F extends Fields> extends ModelDefinition<F> {
  /** Fields to group by. A date can also be grouped by its periods, and a moment by nothing else. */
  readonly dimensions: readonly (keyof F & string)[];
  readonly measures: Readonly<Record<string, Measure>>;
  /**
   * Dimensions that follow from another one, as the name of a country from its number: `{ countryName: "country" }`. A
   * roll-up by the other one holds them too.
   */
  readonly determinedBy?: Readonly<Record<string, string>>;
  /** Groups that are kept ready in the mirror, for questions that they can answer. */
  readonly rollups?: readonly RollUpDefinition[];
  /** Lets questions show money in one currency. */
  readonly conversion?: Conversion;
  /** The `countDistinct` measure that says how many people are in a group: roles may be shown no group of few. */
  readonly people?: string;
}

export interface CubeModel<F extends Fields = Fields> extends DocumentModel<F> {
  readonly cube: {
    readonly dimensions: Readonly<Record<string, Dimension>>;
    readonly measures: Readonly<Record<string, Measure>>;
    readonly determinedBy: Readonly<Record<string, string>>;
    /** The measures in the shape of a model, so that `having` is a filter like any other; columns are `m_<measure>`. */
    readonly measureModel: DocumentModel<Readonly<Record<string, ScalarField>>>;
    readonly rollUps: readonly RollUpModel[];
    readonly conversion?: Conversion;
    readonly people?: string;
    /** As a role has it that may not read the facts of a group. */
    readonly withoutFacts?: boolean;
  };
}

/** The name of a dimension as it is today, by that or by the one that it had; any other name as it is. */
export const currentDimension = ({ cube }: CubeModel, name: string): string =>
  Object.hasOwn(cube.dimensions, name)
    ? name
    : (Object.values(cube.dimensions).find(({ formerly }) => formerly === name)?.name ?? name);

/** Whether the documents of a model are the facts of a cube. */
export const isCube = (model: DocumentModel): model is CubeModel => "cube" in model;

/** What a row tells beside its keys and measures. */
const OF_EACH_ROW = ["level", "groupedBy", "share", "runningTotal", "previous", "facts"];

/**
 * Checks a cube and completes it. Every field that a dimension or a measure uses is a column of the
 * view, so it must be a filter. Throws a TypeError that names the cube and the remedy.
 */
export function defineCube<const F extends Fields>(definition: CubeDefinition<F>): CubeModel<F> {
  const { dimensions, measures, determinedBy = {}, rollups = [], conversion, people, ...facts } = definition;
  const model = defineModel<F>(facts);
  const fail = (problem: string): never => {
    throw new TypeError(`Cube ${model.name}: ${problem}`);
  };
  const column = (field: string): ScalarField => {
    const spec: Field | undefined = model.fields[field];
    if (!spec || spec.kind === "link" || spec.kind === "object" || spec.kind === "list")
      return fail(`"${field}" must be a scalar field of the facts.`);
    if (!spec.filter && field !== model.key) return fail(`field "${field}" must be a filter.`);
    return spec;
  };
  const named = new Map<string, Dimension>();
  const add = (dimension: Dimension) => {
    const { formerly } = dimension;
    if (formerly !== undefined && (formerly in measures || Object.hasOwn(model.fields, formerly)))
      fail(`"${dimension.name}" was called "${formerly}", which is a name of another thing.`);
    if (named.has(dimension.name)) fail(`dimension "${dimension.name}" is defined twice.`);
    if (model.fields[dimension.name]?.kind === "link") fail(`"${dimension.name}" is a link and a dimension.`);
    named.set(dimension.name, dimension);
  };
  for (const name of dimensions)
    for (const dimension of dimensionsOf(name, column(name), fail)) add(dimension);
  for (const [name, other] of Object.entries(determinedBy)) {
    if (named.get(name)?.period !== null) fail(`"${name}" follows from another and is no dimension itself.`);
    if (named.get(other)?.period !== null || other in determinedBy)
      fail(`"${name}" follows from "${other}", which must be a dimension that follows from no other.`);
  }
  const measureFields: Record<string, ScalarField> = {};
  for (const [name, measure] of Object.entries(measures)) {
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) fail(`measure "${name}" must be camelCase.`);
    if (named.has(name)) fail(`"${name}" is a dimension and a measure.`);
    if (model.fields[name]?.kind === "link") fail(`"${name}" is a link and a measure.`);
    measureFields[name] = measureField(measure, measures, column, fail);
  }
  checkRequired(measures, named, fail);
  if (conversion) checkConversion(conversion, { dimensions: named, measures, measureFields }, fail);
  if (people !== undefined && measures[people]?.kind !== "countDistinct")
    fail(`people: "${people}" must be a measure that is a countDistinct.`);
  for (const name of OF_EACH_ROW)
    if (named.has(name) || name in measures || model.fields[name]?.kind === "link")
      fail(`each row has a field "${name}" already. Name yours otherwise.`);
  const measureModel: CubeModel["cube"]["measureModel"] = {
    kind: "document",
    name: model.name,
    typeName: measuresNameOf(model.typeName),
    description: `The measures of ${model.typeName}.`,
    key: "",
    fields: measureFields,
    batch: model.batch,
    columns: Object.fromEntries(Object.keys(measures).map((name) => [name, `m_${toColumnName(name)}`])),
    filters: Object.keys(measures),
  };
  const parts = {
    ...{ dimensions: Object.fromEntries(named), measures, determinedBy, measureModel },
    ...(people === undefined ? {} : { people }),
  };
  const rollUps = defineRollUps({ ...model, cube: { ...parts, rollUps: [] } }, rollups);
  return { ...model, cube: { ...parts, rollUps, ...(conversion ? { conversion } : {}) } };
}
