import { FACTS, factsOfPeople, toCountingCube } from "../models/counting-cube.ts";
import { type CubeModel, isCube } from "../models/cube.ts";
import { isRollUp } from "../models/roll-up.ts";
import { baseMeasures, type CubeQuery, type CubeRow, filterFields, keysOf } from "../stores/cube-store.ts";
import type { DocumentStore, Filter, ReadOptions } from "../stores/document-store.ts";
import { both } from "./combine-filters.ts";
import { canStandFor, checkNames, peopleOf, refuse, rowsOfGroups } from "./guard-model.ts";
import type { GuardedModel } from "./guard-store.ts";
import type { ModelRights } from "./role-project.ts";

/**
 * Asks a cube, or one of its roll-ups, for what somebody may see of it: of their facts alone, and of groups of enough people.
 * @throws VitrineError FORBIDDEN for a dimension or a measure that is not there for them
 */
export async function guardAggregate(
  store: Pick<DocumentStore, "aggregate">,
  seen: GuardedModel,
  query: CubeQuery,
  options: ReadOptions,
): Promise<readonly CubeRow[]> {
  const { model: defined } = seen.rights;
  const { model: facts, leastGroup } = seen.ruled;
  if (!isCube(defined)) return refuse("That is not there for you.");
  // How many facts have a value is no measure of a cube, and asked of any; of a group of so many people, how many of theirs.
  const counted = leastGroup > 1 ? factsOfPeople(defined) : undefined;
  const model = query.measures.includes(FACTS) ? toCountingCube(defined, counted) : defined;
  checkQuestion(model, seen.ruled, query);
  const rule = { where: seen.rows, leastGroup, model: facts };
  if (!canStandFor(model, rule))
    throw new TypeError(
      `${model.name} cannot answer for the rows of a role: its project is to leave it out.`,
    );
  const where = both(seen.rows && rowsOfGroups(model, seen.rows), query.where);
  const present = leastGroup <= 1 ? null : atLeast(peopleOf(facts), leastGroup);
  const asked = { ...query, where, ...(present ? { present: both(present, query.present ?? null) } : {}) };
  const rows = await store.aggregate(model, asked, options);
  if (!present) return rows;
  // Whoever did not ask for how many people there are is not told.
  const told = new Set([...keysOf(query), ...query.measures, ...baseMeasures(model, query)]);
  return rows.map((row) => ({
    ...row,
    values: Object.fromEntries(Object.entries(row.values).filter(([name]) => told.has(name))),
  }));
}

const atLeast = (field: string, value: number): Filter => ({
  kind: "compare",
  field,
  operator: "gte",
  value,
});

/** What the schema of the role lets nobody ask is refused here too. */
function checkQuestion(
  model: CubeModel,
  { shown: facts, model: whole, leastGroup }: ModelRights,
  query: CubeQuery,
): void {
  if (!isCube(facts) || !isCube(whole)) throw new TypeError(`${facts.name} is a cube to nobody.`);
  const { dimensions } = facts.cube;
  for (const key of keysOf(query))
    if (!Object.hasOwn(dimensions, key)) refuse(`${facts.typeName} has no such dimension for you.`);
  const measures = new Set([...measuresOf(facts), FACTS]);
  for (const name of baseMeasures(model, query))
    if (!measures.has(name)) refuse(`${facts.typeName} has no such measure for you.`);
  const names = filterFields(query.where);
  if (!isRollUp(model)) checkNames(facts, names);
  else
    for (const name of names)
      if (!Object.hasOwn(dimensions, name)) refuse(`Of ${facts.typeName} nothing is asked by that field.`);
  if (leastGroup > 1) checkPeople(whole, names);
}

/** Measures that are shown, and the parts of averages that are. */
const measuresOf = ({ cube: { measures } }: CubeModel): readonly string[] =>
  Object.entries(measures).flatMap(([name, measure]) =>
    measure.kind === "average" ? [name, measure.sum, measure.count] : [name],
  );

/** All but one person, or one fact, beside all of them: the difference is that one. */
function checkPeople(cube: CubeModel, names: readonly string[]): void {
  const measure = cube.cube.measures[peopleOf(cube)];
  const field = measure?.kind === "countDistinct" ? measure.field : undefined;
  if (field !== undefined && names.includes(field))
    refuse(`Of ${cube.typeName} nothing is asked by ${field}, which tells one person from another.`);
  if (names.includes(cube.key))
    refuse(`Of ${cube.typeName} nothing is asked by ${cube.key}, which tells one fact from another.`);
}
