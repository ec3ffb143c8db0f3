import { readSqlFiles } from "./sql-files.ts";
import { maskSql } from "./sql-text.ts";

/**
 * The tables that the migrations of a project make with their history: no row of theirs was there before it. Not those that
 * are given one later, nor those of somebody else.
 * @throws VitrineError as readSqlFiles
 */
export async function readTablesWithHistory(
  sqlDir: string,
  domains: readonly string[],
): Promise<ReadonlySet<string>> {
  const { versioned } = await readSqlFiles(sqlDir, domains);
  return new Set(versioned.flatMap(({ text }) => findTablesWithHistory(text)));
}

/** The same of one file. */
export const findTablesWithHistory = (sql: string): readonly string[] =>
  [...maskSql(sql).matchAll(/\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?(`[^`]+`|[\w$]+)([^;]*)/gi)].flatMap(
    ([, name = "", rest = ""]) =>
      /\bwith\s+system\s+versioning\b/i.test(rest) ? [name.replaceAll("`", "")] : [],
  );
