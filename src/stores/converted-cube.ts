import { VitrineError } from "../errors.ts";
import { type Conversion, isConverted } from "../models/conversion.ts";
import type { CubeModel, Measure } from "../models/cube.ts";
import type { ScalarField } from "../models/field.ts";
import { baseMeasures, type CubeQuery, keysOf, MAX_GROUPS, usedMeasures } from "./cube-store.ts";

/** What a conversion is made of; that of a cube which has one. @throws TypeError for a cube without */
export function conversionOf({ name, cube }: CubeModel): Conversion {
  if (!cube.conversion) throw new TypeError(`Cube ${name} has no conversion.`);
  return cube.conversion;
}

/** Where the exact sum stands that an average is divided from: only what is shown is rounded. No measure is called so. */
export const exactNameOf = (measure: string): string => `${measure} exact`;

/** The cube as a question in one currency sees it: money has the scale of the conversion, and no currency of its own. */
export function toConvertedCube(cube: CubeModel): CubeModel {
  const { currency, scale } = conversionOf(cube);
  const { measures, measureModel } = cube.cube;
  const convert = (measure: Measure): Measure =>
    measure.kind === "average"
      ? { ...measure, sum: exactNameOf(measure.sum) }
      : { ...measure, requires: (measure.requires ?? []).filter((one) => one !== currency) };
  const converted = Object.entries(measures).flatMap(([name, measure]) => {
    if (!isConverted(measures, name, currency)) return [[name, measure] as const];
    const own = [name, convert(measure)] as const;
    return measure.kind === "sum" ? [own, [exactNameOf(name), own[1]] as const] : [own];
  });
  const fields = Object.entries(measureModel.fields).map(([name, field]): [string, ScalarField] => [
    name,
    isConverted(measures, name, currency) && field.kind === "decimal" && measures[name]?.kind !== "average"
      ? { ...field, scale }
      : field,
  ]);
  return {
    ...cube,
    cube: {
      ...cube.cube,
      measures: Object.fromEntries(converted),
      measureModel: { ...measureModel, fields: Object.fromEntries(fields) },
      rollUps: [],
    },
  };
}

/** Whether a query shows or uses money that is converted. */
export const usesMoney = (cube: CubeModel, query: CubeQuery): boolean =>
  usedMeasures(cube, query).some((name) =>
    isConverted(cube.cube.measures, name, conversionOf(cube).currency),
  );

/**
 * The question for what each currency and day adds to the groups of a query: nothing is chosen or compared yet.
 * @throws VitrineError BAD_INPUT for a distinct count that does not add up over days and currencies
 */
export function toPartsQuery(cube: CubeModel, query: CubeQuery): CubeQuery {
  const sets = toPartsSets(cube, query);
  const measures = baseMeasures(cube, query);
  for (const name of measures) checkAddsUp(cube, name);
  return {
    sets: [...new Map(sets.map((set) => [JSON.stringify(set), set])).values()],
    measures,
    where: query.where,
    having: null,
    orderBy: [],
    // One more than there may be: a store refuses that, and cuts none.
    limit: MAX_GROUPS + 1,
    withTies: false,
  };
}

/**
 * By what the parts of each set's groups are grouped: by its keys, currency and day. Where one set has all keys, its parts
 * are those of the others too, which a store then puts together once.
 */
export function toPartsSets(cube: CubeModel, query: CubeQuery): readonly (readonly string[])[] {
  const { currency, date } = conversionOf(cube);
  const keys = keysOf(query);
  const isCounted = baseMeasures(cube, query).some(
    (name) => cube.cube.measures[name]?.kind === "countDistinct",
  );
  const isOne = !isCounted && query.sets.some((set) => set.length === keys.length);
  return query.sets.map((set) => [...new Set([...(isOne ? keys : set), currency, date])]);
}

function checkAddsUp(cube: CubeModel, name: string): void {
  const measure = cube.cube.measures[name];
  if (measure?.kind !== "countDistinct") return;
  const { currency, date } = conversionOf(cube);
  const fields = [currency, date].map((one) => cube.cube.dimensions[one]?.field ?? one);
  const spread = fields.filter((field) => field !== measure.field && !measure.within.includes(field));
  if (spread.length > 0)
    throw new VitrineError(
      "BAD_INPUT",
      `convertTo: "${name}" does not add up over ${spread.join(" and ")}, as one ${measure.field} may have several. Ask for it without convertTo, or let the measure say in \`within\` that each has one.`,
    );
}
