import { isClaim, type RowRule } from "./access.ts";
import { type ScalarField, textsOf } from "./field.ts";
import type { DocumentModel } from "./model.ts";

const ordered = ["eq", "ne", "lt", "lte", "gt", "gte", "in", "notIn", "isNull"];
const operatorsOf = ({ kind }: ScalarField): readonly string[] => {
  if (kind === "boolean") return ["eq", "ne", "isNull"];
  return kind === "enumeration" ? ["eq", "ne", "in", "notIn", "isNull"] : ordered;
};

/** A claim is a name in a token or a key file; dots go into objects. */
const claimName = /^[A-Za-z_][A-Za-z0-9_.:/-]{0,99}$/;

/**
 * What is wrong with a rule over a model's rows, each as the end of a sentence with the remedy: what is no filter, an operator
 * or a value that its kind has not, a rule that says nothing.
 */
export function findRuleProblems(model: DocumentModel, rule: RowRule, path = "where"): readonly string[] {
  if (!isPlain(rule)) return [`${path} must be conditions by filter, not ${typeof rule}.`];
  const entries = Object.entries(rule);
  if (entries.length === 0) return [`${path} is empty. Leave it out where all rows are meant.`];
  return entries.flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    if (name === "not") return findRuleProblems(model, value as RowRule, at);
    if (name === "and" || name === "or") {
      if (!Array.isArray(value) || value.length === 0)
        return [`${at} must be a list of rules, one at least.`];
      return value.flatMap((inner: RowRule, index) => findRuleProblems(model, inner, `${at}[${index}]`));
    }
    const field = filterOf(model, name);
    if (typeof field === "string") return [`${at}: ${field}`];
    return findConditionProblems(field, value, at);
  });
}

/** The filter of this name, or why there is none. */
function filterOf(model: DocumentModel, name: string): ScalarField | string {
  const field = Object.hasOwn(model.fields, name) ? model.fields[name] : undefined;
  const filters = [model.key, ...model.filters];
  if (!field) return `there is no such field. There are the filters ${filters.join(", ")}.`;
  if (!filters.includes(name))
    return `is no filter, so its rows cannot be told apart. Say filter: true of the field, or use ${filters.join(", ")}.`;
  return field as ScalarField; // defineModel refuses filters on anything but scalars
}

function findConditionProblems(field: ScalarField, condition: unknown, at: string): readonly string[] {
  if (!isPlain(condition) || isClaim(condition) || Object.keys(condition).length === 0)
    return [`${at} must have a condition such as { eq: claim("name") }.`];
  return Object.entries(condition).flatMap(([operator, value]) => {
    const operators = operatorsOf(field);
    if (!operators.includes(operator))
      return [`${at}: there is no ${operator} for a ${field.kind}. There are ${operators.join(", ")}.`];
    const inner = `${at}.${operator}`;
    if (operator === "isNull") return typeof value === "boolean" ? [] : [`${inner} must be true or false.`];
    if (operator !== "in" && operator !== "notIn") return findValueProblems(field, value, inner);
    if (isClaim(value)) return findValueProblems(field, value, inner);
    if (!Array.isArray(value)) return [`${inner} must be a list, or a claim that is one.`];
    return value.flatMap((one, index) => findValueProblems(field, one, `${inner}[${index}]`));
  });
}

/** What is wrong with a value of a field, or a claim in its place. */
export function findValueProblems(field: ScalarField, value: unknown, at: string): readonly string[] {
  if (isClaim(value))
    return claimName.test(String(value.claim))
      ? []
      : [`${at}: ${JSON.stringify(value.claim)} is no name of a claim, such as "customer_id".`];
  return isCanonical(field, value) ? [] : [`${at}: ${JSON.stringify(value)} is no ${describeKind(field)}.`];
}

const describeKind = (field: ScalarField): string => {
  if (field.kind === "enumeration") return `text of ${textsOf(field).join(", ")}`;
  return field.kind === "decimal" ? `decimal as text with ${field.scale} digits after the point` : field.kind;
};

/** Whether a value is in the canonical form of its field. */
function isCanonical(field: ScalarField, value: unknown): boolean {
  const isText = (pattern: RegExp) => typeof value === "string" && pattern.test(value);
  switch (field.kind) {
    case "int":
      return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
    case "bigint":
      return isText(/^(?:0|-?[1-9]\d{0,18})$/);
    case "decimal":
      return isText(field.scale === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${field.scale}}$`));
    case "string":
      return typeof value === "string";
    case "enumeration":
      return typeof value === "string" && textsOf(field).includes(value);
    case "boolean":
      return typeof value === "boolean";
    case "date":
      return isText(/^\d{4}-\d\d-\d\d$/) && !Number.isNaN(Date.parse(String(value)));
    case "dateTime":
      return isText(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) && !Number.isNaN(Date.parse(String(value)));
  }
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
