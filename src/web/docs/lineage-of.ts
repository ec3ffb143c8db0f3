import type { ColumnSource, DatabaseFacts, Entry } from "./page-settings.ts";

/** A field of a model that is made of a column. */
export interface Use {
  readonly entry: string;
  readonly field: string;
}

/** Columns of base tables that a field of a model or view is made of; null when nobody knows. */
export function sourcesOf(
  entry: Entry,
  field: Entry["fields"][number],
  { lineage }: DatabaseFacts,
): readonly string[] | null {
  if (entry.kind === "table" || entry.kind === "routine" || field.column === null) return [];
  const columns = lineage[entry.name];
  if (!columns) return null;
  const name = field.column.toLowerCase();
  let found: ColumnSource | undefined = columns.find(({ column }) => column === name);
  // `items[].name`: the column, then members of it.
  for (const part of field.name.split(".").slice(1))
    found = found?.members.find(({ column }) => column === part.replace("[]", "")) ?? found;
  return found?.sources ?? null;
}

/** Which fields each column of a base table is shown by, in models, cubes and views: `table.column` to its uses. */
export function findUses(
  entries: readonly Entry[],
  facts: DatabaseFacts,
): ReadonlyMap<string, readonly Use[]> {
  const uses = new Map<string, Use[]>();
  for (const entry of entries)
    for (const field of entry.fields)
      for (const source of sourcesOf(entry, field, facts) ?? []) {
        const known = uses.get(source) ?? [];
        known.push({ entry: entry.name, field: field.name });
        uses.set(source, known);
      }
  return uses;
}
