import type { CapturedTable } from "../models/project.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Derivation } from "./derivation.ts";

/**
 * What capture must log so that the touched views of these models find what they need: the tables, the columns to
 * log as keys, and those whose change matters to no model. Tables come in order of name, columns as the table has
 * them.
 */
export function toCaptured(
  derivations: readonly Derivation[],
  catalogue: Catalogue,
): readonly CapturedTable[] {
  const uses = derivations.flatMap((derivation) => derivation.tables);
  const tables = [...new Set(uses.map((use) => use.table))].sort();
  return tables.map((name) => {
    const mine = uses.filter((use) => use.table === name);
    const used = new Set(mine.flatMap((use) => [...use.columns, ...use.keys]));
    const wanted = new Set(mine.flatMap((use) => use.keys));
    const table = catalogue.get(name);
    if (!table) throw new Error(`There is no table ${name}.`);
    const isKey = new Set([...table.primaryKey, ...table.foreignKeys.flat()]);
    const columns = [...table.columns.values()].filter((column) => !column.isPeriod);
    const keys = columns.map((column) => column.name).filter((column) => wanted.has(column));
    const unused = new Set(
      columns.map((column) => column.name).filter((column) => !used.has(column) && !isKey.has(column)),
    );
    // A generated column is compared only when something that it is computed from is not.
    const ignore = columns
      .filter(
        ({ name: column, sources }) =>
          unused.has(column) && (sources.length === 0 || sources.some((source) => unused.has(source))),
      )
      .map((column) => column.name);
    return {
      table: name,
      ...(keys.length > 0 ? { keys } : {}),
      ...(ignore.length > 0 ? { ignore } : {}),
    };
  });
}
