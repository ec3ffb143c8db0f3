import { Decimal128 } from "mongodb";
import { VitrineError } from "../../errors.ts";
import type { CubeModel } from "../../models/cube.ts";
import type { ScalarField } from "../../models/field.ts";
import { readBson } from "../conversion/bson.ts";
import { DocumentFault, fault } from "../conversion/json-cursor.ts";
import { toCubeRows } from "../cube-rows.ts";
import {
  baseMeasures,
  type CubeQuery,
  type CubeRow,
  canFinishInStore,
  checkCubeQuery,
  type Group,
  keysOf,
  MAX_GROUPS,
} from "../cube-store.ts";
import type { FilterValue } from "../document-store.ts";
import { asksForDocuments, keyName, showDocuments, toPipeline } from "./mirror-cube-pipeline.ts";
import { isAlive, type MirrorQuery, toMirrorFilter } from "./mirror-filter.ts";

/** The pipeline of a query: groups, and where the server can do it `having`, order and limit too. */
export function toMirrorCube(cube: CubeModel, query: CubeQuery): MirrorQuery[] {
  checkCubeQuery(cube, query);
  const match = query.where ? { $and: [isAlive, toMirrorFilter(cube, query.where)] } : isAlive;
  // Documents are sorted and cut by what they store, and shown at the end (4,000 of them: 0.2 s, not 1.1).
  const isStored = asksForDocuments(cube, query);
  const groups = isStored ? [{ $match: match }] : toPipeline(cube, query, match);
  const shown = isStored ? [showDocuments(cube, query)] : [];
  if (query.limit === 0) return [...groups, { $limit: 1 }, ...shown]; // to MongoDB 0 is no limit; the rows are cut later
  if (!canFinishInStore(cube, query) || hasTotal(query))
    return [...groups, { $limit: MAX_GROUPS + 1 }, ...shown];
  const keys = keysOf(query);
  const path = (name: string) =>
    name in cube.cube.dimensions && !isStored ? keyName(name, keys.indexOf(name)) : name;
  const order = [
    ...query.orderBy.map(({ field, direction }) => [path(field), direction === "asc" ? 1 : -1] as const),
    ...(isStored ? [] : [["_s", 1] as const]),
    ...keys.map((key) => [path(key), 1] as const),
  ];
  const sort: Record<string, 1 | -1> = {};
  for (const [name, direction] of order) sort[name] ??= direction; // the first mention decides, as in SQL
  return [
    ...groups,
    ...(query.having ? [{ $match: toMirrorFilter(cube.cube.measureModel, query.having) }] : []),
    { $sort: sort },
    { $limit: query.limit },
    ...shown,
  ];
}

/** The rows of an answer of the pipeline, as they come. */
export async function fromMirrorCube(
  cube: CubeModel,
  query: CubeQuery,
  found: AsyncIterable<MirrorQuery>,
  signal?: AbortSignal,
): Promise<readonly CubeRow[]> {
  const keys = keysOf(query);
  const measures = baseMeasures(cube, query);
  const toGroup = (row: MirrorQuery): Group => {
    const values: Record<string, FilterValue | null> = {};
    keys.forEach((key, index) => {
      const value = row[keyName(key, index)] ?? null;
      const type = cube.cube.dimensions[key]?.type;
      // A text of no set is refused for both stores in one place (cube-rows.ts).
      if (type?.kind === "enumeration") values[key] = value === null ? null : String(value);
      else values[key] = value === null || !type ? null : readBson(type, value);
    });
    for (const name of measures) values[name] = readMeasure(cube, name, row[name]);
    return { set: Number(row._s), values };
  };
  async function* groups(): AsyncIterable<Group> {
    let isEmpty = true;
    for await (const row of found) {
      isEmpty = false;
      yield toGroup(row);
    }
    if (isEmpty) yield* totalsOfNothing(cube, query);
  }
  return toCubeRows(cube, query, groups(), signal);
}

/** A total has a row even without facts, where the pipeline has none: `having` must see it too. */
const hasTotal = (query: CubeQuery): boolean => query.sets.some((set) => set.length === 0);

function totalsOfNothing(cube: CubeModel, query: CubeQuery): readonly Group[] {
  const fields = cube.cube.measureModel.fields;
  const zeros = baseMeasures(cube, query).map((name) => [
    name,
    fields[name]?.nullable ? null : readMeasure(cube, name, 0),
  ]);
  return query.sets.flatMap((set, index) =>
    set.length === 0 ? [{ set: index, values: Object.fromEntries(zeros) }] : [],
  );
}

/**
 * A measure of a group in canonical form. Of sums that 64 bits or 34 digits do not hold the server gives rounded ones.
 * @throws VitrineError DOCUMENT_INVALID for these
 */
function readMeasure(cube: CubeModel, name: string, value: unknown): FilterValue | null {
  try {
    return value === null || value === undefined
      ? null
      : readValue(cube.cube.measureModel.fields[name], value);
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    throw new VitrineError("DOCUMENT_INVALID", `${cube.name}: ${name} of a group ${error.message}.`, {
      details: { model: cube.name, path: name, problem: error.message },
    });
  }
}

/** A sum of integers is an Int32 or an Int64 as it happens, and the sum of no decimals is the integer 0. */
function readValue(field: ScalarField | undefined, value: unknown): FilterValue | null {
  if (field?.kind === "decimal")
    return String(
      readBson(field, value instanceof Decimal128 ? value : Decimal128.fromString(String(value))),
    );
  if (field?.kind === "date" || field?.kind === "dateTime") return readBson(field, value);
  if (field?.kind !== "bigint") return Number(value);
  return typeof value === "number" && !Number.isSafeInteger(value)
    ? fault("does not fit into 64 bits")
    : String(value);
}
