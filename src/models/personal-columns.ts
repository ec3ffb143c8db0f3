import type { NamedDomain } from "./list-names.ts";

/**
 * Tells of a column `table.column` whether it tells of a person, whichever domain says so. The letter case of either name
 * is no difference, as to the server that of a column is none.
 */
export function findPersonal(domains: readonly Pick<NamedDomain, "personal">[]): (column: string) => boolean {
  const personal = new Set(
    domains.flatMap((domain) =>
      Object.entries(domain.personal ?? {}).flatMap(([table, columns]) =>
        columns.map((column) => `${table}.${column}`.toLowerCase()),
      ),
    ),
  );
  return (column) => personal.has(column.toLowerCase());
}
