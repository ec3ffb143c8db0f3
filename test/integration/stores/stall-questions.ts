import fc from "fast-check";
import type { CubeQuery, CubeRow, CubeWindow } from "../../../src/stores/cube-store.ts";
import type { Filter } from "../../../src/stores/document-store.ts";
import type { Fact } from "../../support/cube-oracle.ts";
import { stalls } from "../../support/market/models.ts";
import type { Value } from "../../support/oracle-values.ts";
import { moneyMeasures } from "./stalls.ts";

/** A query and what its conditions mean. */
export interface StallQuestion {
  readonly query: CubeQuery;
  readonly where: (fact: Fact) => boolean;
  readonly having: (row: Record<string, Value>) => boolean;
}

const { dimensions, measures } = stalls.cube;
const keys = Object.keys(dimensions);
const days = Object.values(dimensions).flatMap(({ name, type }) => (type.kind === "date" ? [name] : []));
/** Distinct buyers do not add up over days. */
const askedMeasures = Object.keys(measures).filter((name) => name !== "buyers");
/** What a question may name: anything, or what the first roll-up holds, which of any few do. */
interface Scope {
  readonly keys: readonly string[];
  readonly measures: readonly string[];
}
const scopes: readonly Scope[] = [
  { keys, measures: askedMeasures },
  {
    keys: keys.filter((key) => !key.startsWith("paidAt")),
    measures: askedMeasures.filter((name) => name !== "tickets" && name !== "perTicket"),
  },
];
const isAdditive = (name: string) => ["sum", "count"].includes(measures[name]?.kind ?? "");

const orderOf = (names: readonly string[], own: Scope["measures"]) =>
  fc.array(
    fc.record({
      field: fc.constantFrom(...names, ...own),
      direction: fc.constantFrom("asc" as const, "desc" as const),
    }),
    { maxLength: 2 },
  );
const within = (names: readonly string[]) =>
  fc.subarray([...names], { maxLength: Math.min(names.length, 2) });
const some = (of: readonly string[]) => fc.subarray([...of], { minLength: 1, maxLength: 2 });

function windowOf(names: readonly string[], own: Scope["measures"]): fc.Arbitrary<CubeWindow> {
  const share = fc.record({
    kind: fc.constant("share" as const),
    measures: some(own.filter(isAdditive)),
    within: within(names),
  });
  const running = fc.record({
    ...{
      kind: fc.constant("runningTotal" as const),
      measures: some(own.filter(isAdditive)),
      within: within(names),
    },
    orderBy: orderOf(names, own),
  });
  const dated = names.filter((name) => days.includes(name));
  if (dated.length === 0) return fc.oneof(share, running);
  const previous = fc.record({
    ...{ kind: fc.constant("previous" as const), measures: some(own) },
    over: fc.constantFrom(...dated),
    step: fc.constantFrom("period" as const, "year" as const),
  });
  return fc.oneof(share, running, previous);
}

interface Condition<T> {
  readonly filter: Filter;
  readonly holds: (values: T) => boolean;
}
type Row = Readonly<Record<string, Value>>;
const wheres: readonly (Condition<Row> | null)[] = [
  null,
  null,
  ...["GBP", "EUR"].map((value) => ({
    filter: { kind: "compare", field: "currency", operator: "eq", value } as const,
    holds: (fact: Row) => fact.currency === value,
  })),
  {
    filter: { kind: "in", field: "currency", negated: false, values: ["GBP", "JPY"] },
    holds: (fact) => fact.currency === "GBP" || fact.currency === "JPY",
  },
  {
    filter: { kind: "compare", field: "soldOn", operator: "gte", value: "2024-02-01" },
    holds: (fact) => fact.soldOn !== null && String(fact.soldOn) >= "2024-02-01",
  },
  {
    filter: { kind: "isNull", field: "currency", isNull: false },
    holds: (fact) => fact.currency !== null,
  },
];
const havings: readonly (Condition<Row> | null)[] = [
  null,
  null,
  ...["amount", "leastAmount", "perSale"].map((field) => ({
    filter: { kind: "compare", field, operator: "gte", value: "100.00" } as const,
    holds: (row: Row) => row[field] !== null && Number(row[field]) >= 100,
  })),
  {
    filter: { kind: "compare", field: "sales", operator: "gte", value: 2 },
    holds: (row) => Number(row.sales) >= 2,
  },
];

/** Any question; what it may not ask is for who asks it to leave out. */
export const stallQuestion: fc.Arbitrary<StallQuestion> = fc
  .constantFrom(...scopes)
  .chain((scope) =>
    fc.record({
      sets: fc.array(fc.subarray([...scope.keys], { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
      own: fc.constant(scope.measures),
    }),
  )
  .chain(({ sets, own }) => {
    const names = [...new Set(sets.flat())];
    return fc.record({
      sets: fc.constant(sets),
      measures: fc.subarray([...own]),
      where: fc.constantFrom(...wheres),
      having: fc.constantFrom(...havings),
      orderBy: orderOf(names, own),
      limit: fc.constantFrom(0, 1, 3, 1000),
      withTies: fc.boolean(),
      windows: fc.array(windowOf(names, own), { maxLength: 2 }),
      topPerGroup: fc.option(
        fc.record({ by: within(names), limit: fc.integer({ min: 1, max: 2 }), orderBy: orderOf(names, own) }),
        { nil: undefined, freq: 3 },
      ),
    });
  })
  .map(({ where, having, ...rest }) => ({
    query: { ...rest, where: where?.filter ?? null, having: having?.filter ?? null },
    where: where?.holds ?? (() => true),
    having: having?.holds ?? (() => true),
  }));

/** The part of rows that questions are judged by. */
export function showRows(query: CubeQuery, rows: readonly CubeRow[]) {
  const names = [...new Set(query.sets.flat())];
  return rows.map(({ groupedBy, values, windows }) => [
    groupedBy,
    names.map((name) => (groupedBy.includes(name) ? (values[name] ?? null) : null)),
    query.measures.map((name) => values[name] ?? null),
    windows ?? [],
  ]);
}

/** Names of the money that a question uses anywhere. */
export const usedMoney = ({
  measures: own,
  having,
  orderBy,
  topPerGroup,
  windows,
}: CubeQuery): readonly string[] => {
  const text = JSON.stringify([own, having, orderBy, topPerGroup?.orderBy, windows]);
  return [...moneyMeasures, "perSale", "perTicket"].filter((name) => text.includes(`"${name}"`));
};
