import type { Catalogue, CatalogueColumn, CatalogueTable } from "../../../src/derive/catalogue.ts";
import { quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import type { Random } from "../../faults/random.ts";
import type { Operation } from "../soundness.ts";

type Value = string | number | null;

/** Writes that the catalogue alone makes up: rows come, go, change and move along foreign keys. */
export interface RandomWrites {
  next(): Operation;
  /** A row of this table; the first column of its key may be given. */
  insert(table: string, key?: number): Operation;
  /** Gives all rows other values, but for their keys: so rounds begin with many states. */
  shuffle(table: string): Operation;
}

/** Keys are few, so that writes meet; what a key refuses changes nothing. */
export const keyLimit = 4;

export function createRandomWrites(
  catalogue: Catalogue,
  tables: readonly string[],
  texts: readonly string[],
  random: Random,
): RandomWrites {
  const find = (name: string): CatalogueTable => {
    const table = catalogue.get(name);
    if (!table) throw new Error(`There is no table ${name}.`);
    return table;
  };
  const chooseValue = (table: CatalogueTable, column: CatalogueColumn): Value =>
    column.nullable && random.below(5) === 0 ? null : randomValue(table, column, texts, random);
  const insert = (name: string, key?: number): Operation => {
    const table = find(name);
    const columns = writable(table);
    return {
      sql: `insert into ${quoteName(name)} (${columns.map((one) => quoteName(one.name)).join(", ")})
        values (${columns.map(() => "?").join(", ")})`,
      values: columns.map((column) => {
        const isKey = column.name === table.primaryKey[0] && /int$/.test(column.dataType);
        return isKey && key !== undefined ? key : chooseValue(table, column);
      }),
    };
  };
  const where = (table: CatalogueTable): Operation => {
    // By the first column of the key: sometimes several rows.
    const names = random.below(3) === 0 ? table.primaryKey.slice(0, 1) : table.primaryKey;
    const columns = names.flatMap((name) => table.columns.get(name) ?? []);
    return {
      sql: columns.map((column) => `${quoteName(column.name)} = ?`).join(" and "),
      values: columns.map((column) => chooseValue(table, column)),
    };
  };
  const update = (name: string): Operation => {
    const table = find(name);
    const all = writable(table);
    // Keys move rows; most updates change something else, one column or two.
    const plain = all.filter((column) => !table.primaryKey.includes(column.name));
    const some = random.below(4) === 0 || plain.length === 0 ? all : plain;
    const columns = [...new Set([random.pick(some), ...(random.below(3) === 0 ? [random.pick(some)] : [])])];
    const which = where(table);
    return {
      sql: `update ${quoteName(name)} set ${columns.map((one) => `${quoteName(one.name)} = ?`).join(", ")} where ${which.sql}`,
      values: [...columns.map((column) => chooseValue(table, column)), ...which.values],
    };
  };
  const remove = (name: string): Operation => {
    const which = where(find(name));
    return { sql: `delete from ${quoteName(name)} where ${which.sql}`, values: which.values };
  };
  const shuffle = (name: string): Operation => {
    const table = find(name);
    const columns = writable(table).filter((column) => !table.primaryKey.includes(column.name));
    const chosen = columns.map((column) => Array.from({ length: 4 }, () => chooseValue(table, column)));
    return {
      // What a foreign key refuses stays as it is.
      sql: `update ignore ${quoteName(name)} set ${columns.map((column) => `${quoteName(column.name)} = elt(1 + floor(rand(?) * 4), ?, ?, ?, ?)`).join(", ")}`,
      values: chosen.flatMap((values) => [random.below(1000), ...values]),
    };
  };
  return {
    insert,
    shuffle,
    next: () => {
      const table = random.pick(tables);
      const kind = random.below(10);
      return kind < 3 ? insert(table) : kind < 8 ? update(table) : remove(table);
    },
  };
}

const writable = (table: CatalogueTable): readonly CatalogueColumn[] =>
  [...table.columns.values()].filter((column) => column.sources.length === 0 && !column.isPeriod);

function randomValue(
  table: CatalogueTable,
  { name, dataType, columnType }: CatalogueColumn,
  texts: readonly string[],
  random: Random,
): Value {
  const isKey = table.primaryKey.includes(name) || table.foreignKeys.flat().includes(name);
  if (/int$/.test(dataType)) return 1 + random.below(columnType === "tinyint(1)" ? 2 : isKey ? keyLimit : 3);
  if (dataType === "decimal") return random.pick(["1.00", "2.50", "3.00"]);
  if (dataType === "double") return random.pick([0.1, 1, 2.5]);
  if (dataType === "date") return random.pick(["2024-01-31", "2024-02-01", "2024-02-02"]);
  if (/^(?:datetime|timestamp)$/.test(dataType))
    return random.pick(["2024-01-31 23:59:59.999", "2024-02-01 00:00:00", "2024-02-01 00:00:00.001"]);
  if (dataType === "enum") return random.pick(["red", "blue"]);
  return random.pick(texts);
}
