import { VitrineError } from "../errors.ts";
import { type Claim, type FieldRule, isClaim, type RowRule, type RuleValue } from "../models/access.ts";
import { type ScalarField, textsOf } from "../models/field.ts";
import type { DocumentModel } from "../models/model.ts";
import { toBigInt, toDate, toDateTime, toDecimal } from "../stores/conversion/scalar-text.ts";
import type { Filter, FilterValue } from "../stores/document-store.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** A claim that is a list may have so many values, as a list of a `where`. */
const MOST_VALUES = 500;

/**
 * A row rule as a filter of the stores, with the values of whoever asks.
 * @throws VitrineError FORBIDDEN that names a claim which is missing, or no value of the field that it is compared with;
 *   TypeError for a rule that the check at start would have refused
 */
export function toRuleFilter(model: DocumentModel, rule: RowRule, claims: Claims): Filter {
  const filters = Object.entries(rule).map(([name, inner]): Filter => {
    if (name === "not") return { kind: "not", filter: toRuleFilter(model, inner as RowRule, claims) };
    if (name === "and" || name === "or") {
      const rules = inner as readonly RowRule[]; // so the check at start
      if (name === "and" && rules.length === 0) throw new TypeError(`A rule of ${model.name} says nothing.`);
      return { kind: name, filters: rules.map((one) => toRuleFilter(model, one, claims)) };
    }
    return toFieldFilter(model, name, inner as FieldRule, claims);
  });
  // What says nothing would let all rows through.
  if (filters.length === 0) throw new TypeError(`A rule of ${model.name} says nothing.`);
  return filters.length === 1 && filters[0] ? filters[0] : { kind: "and", filters };
}

function toFieldFilter(model: DocumentModel, name: string, rule: FieldRule, claims: Claims): Filter {
  const field = scalarOf(model, name);
  const filters = Object.entries(rule).map(([operator, operand]): Filter => {
    switch (operator) {
      case "isNull":
        return { kind: "isNull", field: name, isNull: operand === true };
      case "in":
      case "notIn": {
        const values = readList(field, operand as Claim | readonly RuleValue[], claims);
        return { kind: "in", field: name, negated: operator === "notIn", values };
      }
      case "eq":
      case "ne":
      case "lt":
      case "lte":
      case "gt":
      case "gte":
        return { kind: "compare", field: name, operator, value: readRuleValue(field, operand, claims) };
      default:
        throw new TypeError(`A rule of ${model.name} asks ${name} for "${operator}".`);
    }
  });
  if (filters.length === 0) throw new TypeError(`A rule of ${model.name} says nothing of ${name}.`);
  return filters.length === 1 && filters[0] ? filters[0] : { kind: "and", filters };
}

/** The field that a rule compares; it need not be one that its role sees. */
function scalarOf(model: DocumentModel, name: string): ScalarField {
  const field = model.fields[name];
  const isCompared = name === model.key || model.filters.includes(name);
  if (!field || !isCompared || field.kind === "link" || field.kind === "object" || field.kind === "list")
    throw new TypeError(`A rule of ${model.name} is over "${name}", which is no filter.`);
  return field;
}

/** The names of the claims that a rule needs. */
export function claimsOf(rule: unknown): readonly string[] {
  if (typeof rule !== "object" || rule === null) return [];
  if ("claim" in rule && typeof rule.claim === "string") return [rule.claim];
  return Object.values(rule).flatMap(claimsOf);
}

/**
 * A value that a rule says, or that whoever asks claims, as one of a field's kind.
 * @throws VitrineError FORBIDDEN for a claim that is missing or no such value
 */
export function readRuleValue(field: ScalarField, operand: unknown, claims: Claims): FilterValue {
  if (!isClaim(operand)) return readConstant(field, operand);
  return readClaim(field, claimOf(claims, operand.claim), operand.claim);
}

function readList(
  field: ScalarField,
  operand: Claim | readonly RuleValue[],
  claims: Claims,
): readonly FilterValue[] {
  if (!("claim" in operand)) return operand.map((value) => readRuleValue(field, value, claims));
  const found = claimOf(claims, operand.claim);
  const values = Array.isArray(found) ? found : [found];
  if (values.length > MOST_VALUES)
    throw new VitrineError(
      "FORBIDDEN",
      `The claim "${operand.claim}" has more than ${MOST_VALUES} values. Ask for a token with fewer.`,
    );
  return values.map((value) => readClaim(field, value, operand.claim));
}

/** @throws VitrineError FORBIDDEN when whoever asks has no such claim: never are all rows theirs for that */
function claimOf(claims: Claims, name: string): unknown {
  const value = findClaim(claims, name);
  if (value !== undefined && value !== null) return value;
  throw new VitrineError(
    "FORBIDDEN",
    `Your token or key has no claim "${name}", by which it is decided what is there for you. Ask for one that has it.`,
  );
}

/** A claim by its name, or by the names on the way to it: `app.customer`. */
export function findClaim(claims: unknown, name: string): unknown {
  if (typeof claims !== "object" || claims === null) return undefined;
  const known = claims as Claims;
  if (Object.hasOwn(known, name)) return known[name];
  const [first = "", ...rest] = name.split(".");
  return rest.length > 0 && Object.hasOwn(known, first) ? findClaim(known[first], rest.join(".")) : undefined;
}

function readClaim(field: ScalarField, value: unknown, name: string): FilterValue {
  const found = readScalar(field, value);
  if (found !== undefined) return found;
  throw new VitrineError(
    "FORBIDDEN",
    `The claim "${name}" of your token or key is not of the kind that it has to be: ${field.kind}. Ask for one in which it is.`,
  );
}

function readConstant(field: ScalarField, value: unknown): FilterValue {
  const found = readScalar(field, value);
  if (found === undefined) throw new TypeError(`A rule has a value that is no ${field.kind}.`);
  return found;
}

/** A value of a field's kind in canonical form (models/field.ts); undefined for what is none. */
function readScalar(field: ScalarField, value: unknown): FilterValue | undefined {
  switch (field.kind) {
    case "int":
      return typeof value === "number" && (value | 0) === value ? value : undefined;
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "string":
      // A lone surrogate has no UTF-8 form: it would be compared as another text.
      return typeof value === "string" && !/\p{Surrogate}/u.test(value) ? value : undefined;
    case "enumeration":
      return typeof value === "string" && textsOf(field).includes(value) ? value : undefined;
    case "bigint":
      return attempt(value, toBigInt);
    case "decimal":
      return attempt(value, (text) => toDecimal(text, field.scale));
    case "date":
      return typeof value === "string" ? attempt(value, toDate) : undefined;
    case "dateTime":
      return typeof value === "string" ? attempt(value, toDateTime) : undefined;
  }
}

/** Whole numbers may come as such where a text is meant: JSON has both. */
function attempt(value: unknown, read: (text: string) => string): string | undefined {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== "string" || text.length > 100) return undefined;
  try {
    return read(text);
  } catch {
    return undefined;
  }
}
