import fc from "fast-check";
import { claim, type FieldRule, type RowRule, type RuleValue } from "../../src/models/access.ts";
import type { ScalarField } from "../../src/models/field.ts";
import type { DocumentModel } from "../../src/models/model.ts";
import type { FilterValue } from "../../src/stores/document-store.ts";
import { units } from "./oracle-values.ts";

/** A rule, and the claims of somebody whom it is for. */
export interface RandomRule {
  readonly rule: RowRule;
  readonly claims: Readonly<Record<string, unknown>>;
}

type Values = Readonly<Record<string, fc.Arbitrary<FilterValue>>>;

/** Rules over some fields of a model, each value of which is said or claimed. */
export function randomRule(model: DocumentModel, values: Values): fc.Arbitrary<RandomRule> {
  const leaf = fc.constantFrom(...Object.keys(values)).chain((field): fc.Arbitrary<RandomRule> => {
    const value = values[field] as fc.Arbitrary<FilterValue>; // one of its keys
    const { kind } = model.fields[field] ?? {};
    const comparisons = kind === "boolean" || kind === "enumeration" ? equalities : orders;
    const one = fc.tuple(fc.constantFrom(...comparisons), value, fc.option(fc.nat(999)));
    const some = fc.tuple(
      fc.constantFrom("in" as const, "notIn" as const),
      fc.array(value, { maxLength: 3 }),
      fc.option(fc.nat(999)),
    );
    const nulls = fc.tuple(fc.constant("isNull" as const), fc.boolean(), fc.constant(null));
    return fc.oneof({ arbitrary: one, weight: 3 }, some, nulls).map(([operator, operand, number]) => {
      if (number === null) return { rule: { [field]: { [operator]: operand } }, claims: {} };
      const name = `${field}_${operator}_${number}`;
      return { rule: { [field]: { [operator]: claim(name) } }, claims: { [name]: operand } };
    });
  });
  return fc.letrec<{ rule: RandomRule }>((tie) => ({
    rule: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      fc
        .tuple(
          fc.constantFrom("and" as const, "or" as const),
          fc.array(tie("rule"), { minLength: 1, maxLength: 3 }),
        )
        .map(([kind, rules]) => together({ [kind]: rules.map(({ rule }) => rule) }, rules)),
      tie("rule").map((inner) => together({ not: inner.rule }, [inner])),
      fc.tuple(leaf, leaf).map(([left, right]) => together({ ...left.rule, ...right.rule }, [left, right])),
    ),
  })).rule;
}

const equalities = ["eq", "ne"] as const;
const orders = ["eq", "ne", "lt", "lte", "gt", "gte"] as const;

const together = (rule: RowRule, parts: readonly RandomRule[]): RandomRule => ({
  rule,
  claims: Object.assign({}, ...parts.map(({ claims }) => claims)),
});

/** Whether a row fits a rule, in the plainest way. Shares no code with the guard or the stores. */
export function fitsRule(
  model: DocumentModel,
  { rule, claims }: RandomRule,
  row: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(rule).every(([name, inner]) => {
    if (name === "not") return !fitsRule(model, { rule: inner as RowRule, claims }, row);
    const rules = inner as readonly RowRule[];
    if (name === "and") return rules.every((one) => fitsRule(model, { rule: one, claims }, row));
    if (name === "or") return rules.some((one) => fitsRule(model, { rule: one, claims }, row));
    const value = (row[name] ?? null) as FilterValue | null;
    return Object.entries(inner as FieldRule).every(([operator, operand]) =>
      fits(model.fields[name] as ScalarField, value, operator, said(operand as RuleValue, claims)),
    );
  });
}

const said = (operand: RuleValue, claims: RandomRule["claims"]): unknown =>
  typeof operand === "object" && "claim" in operand ? claims[operand.claim] : operand;

function fits(field: ScalarField, value: FilterValue | null, operator: string, operand: unknown): boolean {
  if (operator === "isNull") return (value === null) === operand;
  if (operator === "in" || operator === "notIn") {
    const isAmong = (operand as readonly FilterValue[]).some((one) => value === one);
    return isAmong === (operator === "in");
  }
  if (value === null) return operator === "ne";
  const order = compare(field, value, operand as FilterValue);
  const outcomes = { eq: order === 0, ne: order !== 0, lt: order < 0, lte: order <= 0 };
  return { ...outcomes, gt: order > 0, gte: order >= 0 }[operator] ?? false;
}

function compare({ kind }: ScalarField, left: FilterValue, right: FilterValue): number {
  if (kind === "string" || kind === "enumeration")
    return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
  if (kind === "date" || kind === "dateTime") return left < right ? -1 : Number(left > right);
  if (kind === "boolean" || kind === "int") return Number(left) - Number(right);
  const difference = units(String(left), 7) - units(String(right), 7);
  return difference < 0n ? -1 : Number(difference > 0n);
}
