import fc from "fast-check";
import type { Document, DocumentModel } from "../../../src/models/model.ts";
import type { Filter, OrderTerm } from "../../../src/stores/document-store.ts";
import { bigs, byText, documents, filterable, text, values } from "./things.ts";

const leaf = (model: DocumentModel): fc.Arbitrary<Filter> =>
  fc.constantFrom("id" as const, ...filterable).chain((field) => {
    const value = field === "id" ? (model === byText ? text : bigs) : values[field];
    const isText = field === "thing" || (field === "id" && model === byText);
    const operators = [
      "eq",
      "ne",
      ...(field === "isOpen" ? [] : ["lt", "lte", "gt", "gte"]),
      ...(isText
        ? ["contains", "startsWith", "equalsInsensitive", "containsInsensitive", "startsWithInsensitive"]
        : []),
    ];
    return fc.oneof(
      fc.record({
        kind: fc.constant("compare" as const),
        field: fc.constant(field),
        // The names above are the operators.
        operator: fc.constantFrom(...operators) as fc.Arbitrary<"eq">,
        value,
      }),
      fc.record({
        kind: fc.constant("in" as const),
        field: fc.constant(field),
        negated: fc.boolean(),
        values: fc.array(value, { maxLength: 4 }),
      }),
      fc.record({ kind: fc.constant("isNull" as const), field: fc.constant(field), isNull: fc.boolean() }),
    );
  });
const filter = (model: DocumentModel): fc.Arbitrary<Filter> =>
  fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf(model),
      fc.record({
        kind: fc.constantFrom("and" as const, "or" as const),
        filters: fc.array(tie("filter"), { maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant("not" as const), filter: tie("filter") }),
    ),
  })).filter;
const order: fc.Arbitrary<readonly OrderTerm[]> = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom("id", ...filterable),
    direction: fc.constantFrom("asc" as const, "desc" as const),
  }),
  { selector: (term) => term.field, maxLength: 3 },
);

export interface Case {
  readonly documents: readonly Document[];
  readonly filters: readonly (Filter | null)[];
  readonly orders: readonly (readonly OrderTerm[])[];
  readonly limit: number;
  readonly fromEnd: boolean;
}
export const cases = (model: DocumentModel): fc.Arbitrary<Case> =>
  fc.record({
    documents: documents(model),
    filters: fc.array(fc.option(filter(model)), { minLength: 3, maxLength: 6 }),
    orders: fc.array(order, { minLength: 2, maxLength: 3 }),
    limit: fc.integer({ min: 1, max: 7 }),
    fromEnd: fc.boolean(),
  });
