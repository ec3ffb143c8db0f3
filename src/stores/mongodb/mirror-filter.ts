import { Decimal128, Int32, Long } from "mongodb";
import type { ScalarField } from "../../models/field.ts";
import type { DocumentModel } from "../../models/model.ts";
import { readBson } from "../conversion/bson.ts";
import { bsonCodecOf } from "../conversion/document-codec.ts";
import { parseDocumentIds } from "../conversion/document-id.ts";
import { type Filter, type FilterValue, type OrderTerm, toTotalOrder } from "../document-store.ts";
import { escapePattern, prefixRange, toPattern } from "../text-operators.ts";

/** A MongoDB query document. */
export type MirrorQuery = Record<string, unknown>;

/** What readers see: every document but tombstones. */
export const isAlive: MirrorQuery = { _del: { $ne: true } };

/** The path of a filterable field in a stored document; the key is found by `_id`. */
const pathOf = (model: DocumentModel, field: string): string => (field === model.key ? "_id" : field);

/** The same documents as toSqlFilter: comparison is two-valued in MongoDB by itself. */
export function toMirrorFilter(model: DocumentModel, filter: Filter): MirrorQuery {
  switch (filter.kind) {
    case "and":
      return all(filter.filters.map((inner) => toMirrorFilter(model, inner)));
    case "or":
      return any(filter.filters.map((inner) => toMirrorFilter(model, inner)));
    case "not":
      return { $nor: [toMirrorFilter(model, filter.filter)] };
    case "isNull":
      return { [pathOf(model, filter.field)]: filter.isNull ? { $eq: null } : { $ne: null } };
    case "in": {
      if (isMadeKey(model, filter.field)) return isAmongIds(model, filter);
      const values = filter.values.map((value) => toBsonValue(scalarOf(model, filter.field), value));
      return { [pathOf(model, filter.field)]: filter.negated ? { $nin: values } : { $in: values } };
    }
    case "compare":
      if (isMadeKey(model, filter.field)) return compareMadeKey(model, filter);
      return compare(pathOf(model, filter.field), scalarOf(model, filter.field), filter);
  }
}

/** Whether it is the key, and made of several: `_id` is an object then, and the text of the id a field. */
const isMadeKey = (model: DocumentModel, field: string): boolean =>
  field === model.key && model.keyParts !== undefined;

/** What is no id is that of no document. */
function isAmongIds(
  model: DocumentModel,
  { values, negated }: Pick<Extract<Filter, { kind: "in" }>, "values" | "negated">,
): MirrorQuery {
  const ids = parseDocumentIds(model, values.map(String)).map(bsonCodecOf(model).toId);
  return { _id: negated ? { $nin: ids } : { $in: ids } };
}

/** By `_id` where one is meant, else as texts compare. */
function compareMadeKey(model: DocumentModel, filter: Extract<Filter, { kind: "compare" }>): MirrorQuery {
  const { operator, value } = filter;
  if (operator === "eq" || operator === "ne")
    return isAmongIds(model, { values: [value], negated: operator === "ne" });
  return compare(filter.field, scalarOf(model, filter.field), filter);
}

const all = (queries: readonly MirrorQuery[]): MirrorQuery => (queries.length === 0 ? {} : { $and: queries });
// `$or` refuses an empty list.
const any = (queries: readonly MirrorQuery[]): MirrorQuery =>
  queries.length === 0 ? { $nor: [{}] } : { $or: queries };

/** Bytes of a pattern that every server takes. */
const MAX_PATTERN_BYTES = 800;

function compare(
  path: string,
  field: ScalarField,
  { operator, value }: Extract<Filter, { kind: "compare" }>,
): MirrorQuery {
  switch (operator) {
    case "contains": {
      const pattern = escapePattern(String(value));
      // A pattern is looked for in an index, an expression in documents; but a pattern cannot be long.
      if (Buffer.byteLength(pattern) <= MAX_PATTERN_BYTES) return { [path]: { $regex: pattern } };
      return { $expr: { $gte: [{ $indexOfBytes: [`$${path}`, { $literal: value }] }, 0] } };
    }
    case "atHour":
      return { $expr: { $eq: [{ $hour: `$${path}` }, { $literal: value }] } };
    case "onWeekday":
      return { $expr: { $eq: [{ $isoDayOfWeek: `$${path}` }, { $literal: value }] } };
    case "startsWith":
      return { [path]: startsWith(String(value)) };
    case "equalsInsensitive":
    case "containsInsensitive":
    case "startsWithInsensitive":
      return { [path]: { $regex: toPattern(operator, String(value)) } };
    default:
      return { [path]: { [`$${operator}`]: toBsonValue(field, value) } };
  }
}

/** A range, for a prefix of any length. */
function startsWith(prefix: string): MirrorQuery {
  const { from, below } = prefixRange(prefix);
  return below === null ? { $gte: from } : { $gte: from, $lt: below };
}

function scalarOf(model: DocumentModel, name: string): ScalarField {
  const field = model.fields[name];
  if (!field || field.kind === "object" || field.kind === "list" || field.kind === "link")
    throw new TypeError(`Model ${model.name}: "${name}" is not a filterable field.`);
  return field;
}

/**
 * The same condition as an expression over a fact. It compares null as any other value, which is what two-valued `ne`
 * and `notIn` mean; nothing else is asked of it.
 * @throws TypeError for an operator that measures do not have
 */
export function toMirrorExpression(model: DocumentModel, filter: Filter): MirrorQuery {
  const literal = (field: string, value: FilterValue) => ({
    $literal: toBsonValue(scalarOf(model, field), value),
  });
  // The text of a made key is a field; `_id` is an object then.
  const path = (field: string) => `$${isMadeKey(model, field) ? field : pathOf(model, field)}`;
  if (filter.kind === "and") return { $and: filter.filters.map((inner) => toMirrorExpression(model, inner)) };
  if (filter.kind === "compare" && (filter.operator === "eq" || filter.operator === "ne"))
    return { [`$${filter.operator}`]: [path(filter.field), literal(filter.field, filter.value)] };
  if (filter.kind === "in") {
    const found = {
      $in: [path(filter.field), filter.values.map((value) => literal(filter.field, value))],
    };
    return filter.negated ? { $not: [found] } : found;
  }
  // Null is the least value there is.
  if (filter.kind === "isNull") return { [filter.isNull ? "$lte" : "$gt"]: [path(filter.field), null] };
  throw new TypeError(`A measure of ${model.name} has a condition that is neither an equality nor of null.`);
}

/** A canonical value as BSON of the field's type. */
function toBsonValue(field: ScalarField, value: FilterValue): unknown {
  switch (field.kind) {
    case "int":
      return new Int32(Number(value));
    case "bigint":
      return Long.fromString(String(value));
    case "decimal":
      return Decimal128.fromString(String(value));
    case "date":
      return toBsonDate(`${String(value)}T00:00:00.000Z`);
    case "dateTime":
      return toBsonDate(String(value));
    case "string":
    case "enumeration":
    case "boolean":
      return value;
  }
}

const toBsonPlace = (model: DocumentModel, field: string, value: FilterValue): unknown =>
  isMadeKey(model, field)
    ? bsonCodecOf(model).toId(String(value))
    : toBsonValue(scalarOf(model, field), value);

/** Of a place in an order that live has given, the date may be one of no calendar: `0000-00-00` is before all others. */
const toBsonDate = (text: string): Date => new Date(text.replaceAll("-00", "-01"));

/** The place of a stored document in an order. @throws DocumentFault for a value that the loader did not write */
export const toMirrorPlace = (
  model: DocumentModel,
  orderBy: readonly OrderTerm[],
  stored: MirrorQuery,
): readonly (FilterValue | null)[] =>
  toTotalOrder(model, orderBy).map(({ field }) => {
    const value = stored[pathOf(model, field)] ?? null;
    if (isMadeKey(model, field)) return bsonCodecOf(model).fromId(value);
    return value === null ? null : readBson(scalarOf(model, field), value);
  });

/** The total order of a page as MongoDB sorts it; reversed for a page from the end. */
export const toMirrorSort = (
  model: DocumentModel,
  orderBy: readonly OrderTerm[],
  reversed: boolean,
): [string, 1 | -1][] =>
  toTotalOrder(model, orderBy).map((term) => [
    pathOf(model, term.field),
    (term.direction === "asc") === reversed ? -1 : 1,
  ]);

/** Documents strictly after (or before) a place in the order: earlier terms equal, the next one beyond. */
export function toMirrorBound(
  model: DocumentModel,
  orderBy: readonly OrderTerm[],
  place: readonly (FilterValue | null)[],
  side: "after" | "before",
): MirrorQuery {
  const terms = toTotalOrder(model, orderBy).map((term, index) => {
    const value = place[index] ?? null;
    const bson = value === null ? null : toBsonPlace(model, term.field, value);
    return {
      path: pathOf(model, term.field),
      bson,
      upwards: (side === "after") === (term.direction === "asc"),
    };
  });
  return any(
    terms.map(({ path, bson, upwards }, index) =>
      all([
        ...terms.slice(0, index).map((earlier) => ({ [earlier.path]: { $eq: earlier.bson } })),
        further(path, bson, upwards),
      ]),
    ),
  );
}

/** Null comes before every value, so nothing is less than it, and it is less than any value. */
function further(path: string, bson: unknown, upwards: boolean): MirrorQuery {
  if (bson === null) return upwards ? { [path]: { $ne: null } } : any([]);
  if (upwards) return { [path]: { $gt: bson } };
  return any([{ [path]: { $lt: bson } }, { [path]: { $eq: null } }]);
}
