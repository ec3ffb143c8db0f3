import type { TableUse } from "../derive/derivation.ts";
import type { Domain } from "../models/project.ts";
import { readTouchedFiles } from "./touched-files.ts";

/** Before a remark of a generated touched view about a table whose changes are found coarsely. */
const coarse = "-- coarse: ";

/** The remark of a touched view whose documents are found coarsely. */
export function toRemark({ table, ways }: TableUse): readonly string[] {
  const kinds = new Set(ways.map(({ kind }) => kind));
  if (kinds.has("every")) return [`${coarse}a change of ${table} touches every document`];
  if (kinds.has("scan")) return [`${coarse}a change of ${table} is looked for in all of a table`];
  return [];
}

/** What the generated touched views say of changes that are found coarsely: a line per model and table. */
export async function readCoarse(
  sqlDir: string,
  domains: readonly Pick<Domain, "name">[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { model, header } of await readTouchedFiles(sqlDir, domains))
    for (const line of header)
      if (line.startsWith(coarse)) found.push(`${model}: ${line.slice(coarse.length)}`);
  return found;
}
