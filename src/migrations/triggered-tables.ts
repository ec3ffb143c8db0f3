import { readMadeObjects } from "./made-objects.ts";
import type { RepeatableFile, VersionedFile } from "./sql-files.ts";
import { maskSql } from "./sql-text.ts";

/** The tables on which files make triggers, and that no file makes: they are somebody else's. */
export function listTriggeredTables(
  files: readonly (Pick<RepeatableFile, "kind" | "text"> | Pick<VersionedFile, "kind" | "text">)[],
): readonly string[] {
  const made = new Set(
    files.flatMap(({ kind, text }) =>
      kind === "versioned" ? readMadeObjects(text).map(({ object }) => object.toLowerCase()) : [],
    ),
  );
  const tables = files.flatMap(({ kind, text }) => {
    const head = kind === "trigger" ? triggerHead.exec(maskSql(text))?.groups : undefined;
    return head ? [head.quoted ?? head.plain ?? ""] : [];
  });
  return [...new Set(tables)].filter((table) => !made.has(table.toLowerCase())).sort();
}

const triggerHead =
  /\b(?:before|after)\s+(?:insert|update|delete)\s+on\s+(?:`(?<quoted>[^`]+)`|(?<plain>[^\s`]+))\s+for\s+each\s+row\b/iu;
