import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Derivation } from "../derive/derivation.ts";
import type { Domain } from "../models/project.ts";
import { readText } from "../read-text.ts";

/** Before a remark of a generated touched view about a table whose changes are found coarsely. */
const coarse = "-- coarse: ";

/** The text of a touched view with what is coarse in it, in lines of its header. */
export function withRemarks(text: string, { tables }: Derivation): string {
  const remarks = tables.flatMap(({ table, ways }) => {
    const kinds = new Set(ways.map(({ kind }) => kind));
    if (kinds.has("every")) return [`${coarse}a change of ${table} touches every document`];
    if (kinds.has("scan")) return [`${coarse}a change of ${table} is looked for in all of a table`];
    return [];
  });
  return text.replace(/^(?=create )/m, () => remarks.map((line) => `${line}\n`).join(""));
}

/** What the generated touched views say of changes that are found coarsely: a line per model and table. */
export async function readCoarse(
  sqlDir: string,
  domains: readonly Pick<Domain, "name" | "models">[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name: domain, models } of domains)
    for (const { name } of models) {
      const path = join(sqlDir, `views/${domain}/${name}_touched.sql`);
      const lines = existsSync(path) ? (await readText(path)).split("\n") : [];
      for (const line of lines)
        if (line.startsWith(coarse)) found.push(`${name}: ${line.slice(coarse.length)}`);
    }
  return found;
}
