import { type Comparison, compareCollections, plain, type Rows, readRows } from "./comparator.ts";

type Row = Rows[number];
type Documents = ReadonlyMap<string, Record<string, unknown>>;

/**
 * What the mirror of the harbour holds, as `vitrine init` made it, compared with what its base tables say, row by row: no
 * views, no code of `src/`. To be asked when nothing is written any more.
 */
export async function compareHarbour(mariadbUrl: string, mongodbUrl: string): Promise<Comparison> {
  const expected = await readRows(mariadbUrl, async (all) => deriveHarbour(await readTables(all)));
  const known = Object.entries(expected).map(
    ([name, documents]) => [name, { expected: documents, toPlain }] as const,
  );
  return compareCollections(mongodbUrl, new Map(known));
}

const keys = {
  countries: "code",
  ports: "id",
  berths: "id",
  shipping_lines: "id",
  ships: "imo",
  crew_members: "id",
  ship_crew: "ship_imo, member_id",
  voyages: "id",
  port_calls: "id",
  customers: "code",
  bookings: "id",
  containers: "id",
  container_events: "id",
  tariffs: "line_id, kind, valid_from",
} as const;
type Table = keyof typeof keys;
type Tables = Readonly<Record<Table, Rows>>;

async function readTables(all: (sql: string) => Promise<Rows>): Promise<Tables> {
  const found: [string, Rows][] = [];
  for (const [table, key] of Object.entries(keys))
    found.push([table, await all(`select * from ${table} order by ${key}`)]);
  return Object.fromEntries(found) as Tables;
}

/** Fields of documents that have another name than their column, by table. */
const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  customers: { full_name: "name" },
};
/** Columns that came after the documents were defined. */
const added = new Set(["captain", "note"]);

function deriveHarbour(tables: Tables): Readonly<Record<string, Documents>> {
  /** The rows of a table by what a column of theirs refers to. */
  const of = (table: Table, column: string, ...left: readonly string[]) => {
    const lists = new Map<unknown, Record<string, unknown>[]>();
    for (const row of tables[table]) {
      const list = lists.get(row[column]) ?? [];
      list.push(toFields(table, row, { id: "ownId" }, [column, ...left]));
      lists.set(row[column], list);
    }
    return (key: unknown) => lists.get(key) ?? [];
  };
  const documents = (
    table: Table,
    key: Readonly<Record<string, string>>,
    children: Readonly<Record<string, (key: unknown) => unknown>> = {},
  ): Documents => {
    const [column = ""] = Object.keys(key);
    return new Map(
      tables[table].map((row) => [
        String(row[column]),
        {
          ...toFields(table, row, key, []),
          ...Object.fromEntries(
            Object.entries(children).map(([name, childrenOf]) => [name, childrenOf(row[column])]),
          ),
        },
      ]),
    );
  };
  const ships = of("ships", "line_id");
  return {
    country: documents(
      "countries",
      { code: "code" },
      {
        ports: of("ports", "country_code"),
        ships: of("ships", "flag"),
      },
    ),
    port: documents(
      "ports",
      { id: "portId" },
      {
        berths: of("berths", "port_id"),
        voyages: of("voyages", "from_port"),
        voyagesByToPort: of("voyages", "to_port"),
      },
    ),
    berth: documents("berths", { id: "berthId" }, { portCalls: of("port_calls", "berth_id") }),
    shipping_line: documents(
      "shipping_lines",
      { id: "shippingLineId" },
      {
        ships,
        tariffs: of("tariffs", "line_id"),
      },
    ),
    ship: documents(
      "ships",
      { imo: "imo" },
      {
        shipCrews: of("ship_crew", "ship_imo"),
        voyages: of("voyages", "ship_imo"),
      },
    ),
    crew_member: documents(
      "crew_members",
      { id: "crewMemberId" },
      {
        shipCrews: of("ship_crew", "member_id"),
      },
    ),
    voyage: documents(
      "voyages",
      { id: "voyageId" },
      {
        bookings: of("bookings", "voyage_id"),
        portCalls: of("port_calls", "voyage_id"),
      },
    ),
    port_call: documents("port_calls", { id: "portCallId" }),
    customer: documents(
      "customers",
      { code: "code" },
      {
        bookings: of("bookings", "customer_code"),
        customers: of("customers", "parent_code"),
      },
    ),
    booking: documents("bookings", { id: "bookingId" }, { containers: of("containers", "booking_id") }),
    container: documents(
      "containers",
      { id: "containerId" },
      {
        containerEvents: of("container_events", "container_id"),
      },
    ),
    container_event: documents("container_events", { id: "containerEventId" }),
    ship_crews: new Map(
      tables.ship_crew.map((row) => [
        JSON.stringify({ shipImo: row.ship_imo, memberId: row.member_id }),
        { shipCrewKey: `${row.ship_imo}~${row.member_id}`, ...toFields("ship_crew", row, {}, []) },
      ]),
    ),
    tariff: new Map(
      tables.tariffs.map((row) => [
        JSON.stringify({
          lineId: String(row.line_id),
          kind: row.kind,
          validFrom: toMidnight(row.valid_from),
        }),
        {
          tariffKey: `${row.line_id}~${row.kind}~${row.valid_from}`,
          ...toFields("tariffs", row, {}, []),
        },
      ]),
    ),
  };
}

/** A row as a document has it: columns in camel case, moments with their zone and to the millisecond, numbers as texts. */
function toFields(
  table: Table,
  row: Row,
  names: Readonly<Record<string, string>>,
  left: readonly string[],
): Record<string, unknown> {
  const known: Readonly<Record<string, string>> = { ...renamed[table], ...names };
  return Object.fromEntries(
    Object.entries(row)
      .filter(([column]) => !left.includes(column) && !added.has(column))
      .map(([column, value]) => [known[column] ?? toCamelCase(column), toText(column, value)]),
  );
}

const toCamelCase = (column: string) =>
  column.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const toMidnight = (day: unknown) => `${day}T00:00:00.000Z`;
const days = new Set(["born", "booked_on", "valid_from"]);
const moments = new Set(["departs", "arrived", "happened"]);

function toText(column: string, value: unknown): unknown {
  if (value === null) return null;
  if (days.has(column)) return toMidnight(value);
  if (moments.has(column)) {
    const [second = "", fraction = ""] = String(value).split(".");
    return `${second.replace(" ", "T")}.${fraction.padEnd(3, "0").slice(0, 3)}Z`;
  }
  return String(value);
}

/** What is found, written in the same way. */
const toPlain = (stored: unknown): unknown => textsIn(plain(stored));
const textsIn = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(textsIn);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, textsIn(member)]));
  return typeof value === "number" ? String(value) : value;
};
