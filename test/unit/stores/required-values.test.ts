import { expect, test } from "vitest";
import type { Filter } from "../../../src/stores/document-store.ts";
import { possibleValues } from "../../../src/stores/required-values.ts";

const eq = (value: string, field = "currency"): Filter => ({ kind: "compare", field, operator: "eq", value });
const among = (values: readonly string[], negated = false): Filter => ({
  ...({ kind: "in", field: "currency", negated, values } as const),
});
const isNull = (asked: boolean): Filter => ({ kind: "isNull", field: "currency", isNull: asked });
const all = (...filters: readonly Filter[]): Filter => ({ kind: "and", filters });
const any = (...filters: readonly Filter[]): Filter => ({ kind: "or", filters });

test.each<[string, Filter, readonly (string | null)[] | null]>([
  ["equal to one", eq("GBP"), ["GBP"]],
  ["one of a list", among(["GBP", "EUR"]), ["GBP", "EUR"]],
  ["none of a list", among(["GBP"], true), null],
  ["no value", isNull(true), [null]],
  ["some value", isNull(false), null],
  ["another field", eq("GBP", "stall"), null],
  ["both hold", all(eq("a", "stall"), among(["GBP", "EUR"]), among(["EUR", "JPY"])), ["EUR"]],
  ["both cannot hold", all(eq("GBP"), eq("EUR")), []],
  ["either holds", any(eq("GBP"), all(eq("EUR"), eq("a", "stall"))), ["GBP", "EUR"]],
  ["either holds, of one value", any(eq("GBP"), eq("GBP")), ["GBP"]],
  ["one of them says nothing of it", any(eq("GBP"), eq("a", "stall")), null],
  ["nothing can hold", any(), []],
  ["everything holds", all(), null],
  ["not", { kind: "not", filter: eq("GBP") }, null],
  ["greater", { kind: "compare", field: "currency", operator: "gte", value: "GBP" }, null],
])("a filter leaves these values: %s", (_, filter, values) => {
  const found = possibleValues(filter, "currency");
  expect(found && [...found]).toEqual(values);
});
