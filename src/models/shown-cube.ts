import type { Conversion } from "./conversion.ts";
import type { CubeModel, Dimension, Measure } from "./cube.ts";
import type { Field, Fields } from "./field.ts";
import type { DocumentModel } from "./model.ts";
import { requiredBy } from "./required-dimensions.ts";
import type { RollUpModel } from "./roll-up.ts";
import { isPersonal, showFields } from "./shown-fields.ts";
import { filtersOf, type ModelGrant, type ShownModel, withFields } from "./shown-model.ts";

/**
 * A cube as a role has it, with the roll-ups that may answer for it.
 * @param around what links may lead to, and the models that are no cubes as the role has them
 */
export function showCube(
  cube: CubeModel,
  grant: ModelGrant,
  around: { readonly names: ReadonlySet<string>; readonly documents: ReadonlyMap<string, DocumentModel> },
): ShownModel<CubeModel> {
  const { only, except = [], personal, facts, history } = grant;
  // Its key tells one fact from all others: of groups of so many people nothing is asked by it.
  const isOfMany = grant.leastGroup > 1;
  const hidden = new Set(isOfMany ? [...except, cube.key] : except);
  const isOpen = (field: string) => {
    const spec = cube.fields[field];
    return spec === undefined || !isPersonal(spec) || personal === "shown";
  };
  const isNamed = (...names: readonly string[]) =>
    !names.some((name) => hidden.has(name)) &&
    (only === undefined || names.some((name) => only.includes(name)));
  const dimensions = pick(cube.cube.dimensions, ({ name, field }) => isOpen(field) && isNamed(name, field));
  const isShown = (name: string): boolean => {
    const measure = cube.cube.measures[name];
    return (
      measure !== undefined &&
      isNamed(name) &&
      requiredBy(cube.cube.measures, name).every((required) => required in dimensions) &&
      (measure.kind === "average"
        ? isShown(measure.sum) && isShown(measure.count)
        : fieldsOf(measure).every(isOpen))
    );
  };
  const measures = pick(cube.cube.measures, (_measure, name) => isShown(name));
  const shown = showFields(cube.fields, {
    only: only && new Set([...only, cube.key]),
    except: hidden,
    personal,
    models: around.names,
  });
  const masks = facts === true ? shown.masks : [];
  const fields = facts === true ? shown.fields : withoutFacts(cube, shown.fields, dimensions);
  const model = withFields(cube, fields, { withoutPast: history !== true });
  const parts = { dimensions, measures, ...measureModelOf(cube, measures) };
  const { conversion, rollUps, ...others } = cube.cube;
  return {
    model: {
      ...model,
      cube: {
        ...others,
        ...parts,
        determinedBy: pick(others.determinedBy, (by, name) => name in dimensions && by in dimensions),
        rollUps: rollUps.flatMap((rollUp) => showRollUp(rollUp, { ...model, cube: parts }, grant)),
        // What is converted is put together from groups by day and currency, of which the least group would be asked.
        ...(conversion && !isOfMany && canConvert(conversion, dimensions, around.documents)
          ? { conversion }
          : {}),
        ...(facts !== true && { withoutFacts: true }),
      },
    },
    masks,
  };
}

const pick = <T>(
  from: Readonly<Record<string, T>>,
  isWanted: (value: T, name: string) => boolean,
): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(from).filter(([name, value]) => isWanted(value, name)));

/** The fields that a measure, no average, is computed from. */
const fieldsOf = (measure: Exclude<Measure, { kind: "average" }>): readonly string[] => [
  ...("field" in measure ? [measure.field] : []),
  ...Object.keys(measure.where ?? {}),
];

/** What groups need of the facts' fields: conditions, and links over what is grouped by. */
function withoutFacts(
  cube: CubeModel,
  fields: Fields,
  dimensions: Readonly<Record<string, Dimension>>,
): Fields {
  const isOfGroups = (field: Field, name: string) =>
    field.kind === "link" ? field.key in dimensions : name === cube.key || field.filter;
  return pick(fields, isOfGroups);
}

const measureModelOf = ({ cube }: CubeModel, measures: Readonly<Record<string, Measure>>) => {
  const { measureModel } = cube;
  const isShown = (_: unknown, name: string) => name in measures;
  return {
    measureModel: {
      ...measureModel,
      fields: pick(measureModel.fields, isShown),
      columns: pick(measureModel.columns, isShown),
      filters: measureModel.filters.filter((name) => name in measures),
    },
  };
};

/** Whether the rates, and what is looked for in them, are there for the role. */
function canConvert(
  { currency, date, rates }: Conversion,
  dimensions: Readonly<Record<string, Dimension>>,
  models: ReadonlyMap<string, DocumentModel>,
): boolean {
  const model = models.get(rates);
  return (
    currency in dimensions &&
    date in dimensions &&
    model !== undefined &&
    ["currencyFrom", "currencyTo", "date"].every((name) => model.filters.includes(name)) &&
    "rate" in model.fields
  );
}

/** A cube as a role has it, before it is known which roll-ups may answer for it. */
interface Groups extends DocumentModel {
  readonly cube: Pick<CubeModel["cube"], "dimensions" | "measures" | "measureModel">;
}

/**
 * A roll-up as a role has it; none where its name tells of a dimension that is not there, where its groups do not say
 * which rows of the rule are in them, or not how many people.
 */
function showRollUp(rollUp: RollUpModel, shown: Groups, grant: ModelGrant): readonly RollUpModel[] {
  const { by, determined, measures: held, facts } = rollUp.rollUp;
  const { dimensions, measures } = shown.cube;
  const asked = grant.where ? filtersOf(grant.where) : [];
  const isKept = [...by, ...determined].filter(({ period }) => period === null).map(({ name }) => name);
  const { people } = facts.cube;
  const mayAnswer =
    by.every(({ name }) => name in dimensions) &&
    asked.every((name) => isKept.includes(name)) &&
    (grant.leastGroup <= 1 || (people !== undefined && held.includes(people))) &&
    held.some((name) => name in measures);
  if (!mayAnswer) return [];
  const isThere = (_: unknown, name: string) => name in dimensions || name in measures || name === rollUp.key;
  const fields = pick(rollUp.fields, isThere);
  const model = withFields(rollUp, fields, { withoutPast: grant.history !== true });
  return [
    {
      ...model,
      cube: {
        ...rollUp.cube,
        dimensions: pick(rollUp.cube.dimensions, (_, name) => name in dimensions),
        measures: pick(rollUp.cube.measures, (_, name) => name in measures),
        measureModel: measureModelOf(rollUp, measures).measureModel,
        ...(grant.facts !== true && { withoutFacts: true }),
      },
      rollUp: {
        facts: { ...facts, ...shown, cube: { ...facts.cube, ...shown.cube, rollUps: [] } },
        by,
        determined: determined.filter(({ name }) => name in dimensions),
        measures: held.filter((name) => name in measures),
      },
    },
  ];
}
