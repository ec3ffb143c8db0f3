import { type Comparison, compareCollections, plain, type Rows, readRows } from "../comparator.ts";

import { readOddTables } from "./compare-odd-tables.ts";

type Row = Rows[number];
type Documents = ReadonlyMap<string, Record<string, unknown>>;

/**
 * What the mirror of the attic holds, compared with what its base tables say, row by row: no views, no code of `src/`. To
 * be asked when nothing is written any more.
 */
export async function compareAttic(mariadbUrl: string, mongodbUrl: string): Promise<Comparison> {
  const expected = await readRows(mariadbUrl, async (all) => ({
    ...(await readOddTables(all)),
    salaries: toSalaries(await all("select s.*, e.name from salary s join employee e using (emp_no)")),
    ...toLabels(
      await all("select * from label"),
      await all(
        "select cast(id as char) as id, cast(amount as char) as amount, label_kind, label_name, label_from from ledger order by ledger.id",
      ),
    ),
  }));
  const known = Object.entries(expected).map(
    ([name, documents]) => [name, { expected: documents, toPlain }] as const,
  );
  return compareCollections(mongodbUrl, new Map(known));
}

/** Numbers as texts, a day as its day. */
const toPlain = (stored: unknown): unknown =>
  Object.fromEntries(
    Object.entries(plain(stored) as object).map(([name, value]) => [
      name,
      name === "fromDate" ? String(value).slice(0, 10) : typeof value === "number" ? String(value) : value,
    ]),
  );

const escaped = (text: unknown): string => String(text).replaceAll("%", "%25").replaceAll("~", "%7E");
const momentOf = (text: unknown): string => `${String(text).replace(" ", "T")}Z`;
const labelOf = (kind: unknown, name: unknown, from: unknown): string =>
  `${escaped(kind)}~${escaped(name)}~${momentOf(from)}`;

const toSalaries = (rows: Rows): Documents =>
  byId(
    rows.map((row: Row) => [
      { empNo: String(row.emp_no), fromDate: `${row.from_date}T00:00:00.000Z` },
      {
        salaryKey: `${row.emp_no}~${row.from_date}`,
        empNo: String(row.emp_no),
        fromDate: row.from_date,
        amount: row.amount,
        name: row.name,
      },
    ]),
  );

const byId = (all: readonly (readonly [object, Record<string, unknown>])[]): Documents =>
  new Map(all.map(([id, document]) => [JSON.stringify(id), document]));

function toLabels(labels: Rows, entries: Rows): Record<"labels" | "ledgers", Documents> {
  // A foreign key finds what its collation takes for equal.
  const isOf = (entry: Row, label: Row) =>
    entry.label_kind === label.kind &&
    String(entry.label_name).toLowerCase() === String(label.name).toLowerCase() &&
    entry.label_from === label.valid_from;
  return {
    labels: byId(
      labels.map((row) => [
        { kind: row.kind, name: row.name, validFrom: momentOf(row.valid_from) },
        {
          labelKey: labelOf(row.kind, row.name, row.valid_from),
          kind: row.kind,
          name: row.name,
          validFrom: momentOf(row.valid_from),
          note: row.note,
          entries: entries
            .filter((entry) => isOf(entry, row))
            .map(({ id, amount }) => ({ ledgerId: id, amount })),
        },
      ]),
    ),
    ledgers: byId(
      entries.map((row) => [
        { ledgerId: row.id },
        {
          ledgerKey: row.id,
          ledgerId: row.id,
          amount: row.amount,
          labelKey: row.label_kind === null ? null : labelOf(row.label_kind, row.label_name, row.label_from),
        },
      ]),
    ),
  };
}
