import type { ObjectKind } from "./sql-files.ts";
import { maskSql } from "./sql-text.ts";

/** A table, view, routine or trigger. */
export type MadeKind = ObjectKind | "table";

/** A statement of a migration that makes an object or drops one. */
export interface MadeObject {
  readonly action: "create" | "drop";
  readonly kind: MadeKind;
  readonly object: string;
}

const name = "(?:`[^`]+`|[\\p{L}\\p{N}_$]+(?![\\p{L}\\p{N}_$]))(?!\\s*\\.)";
const statements = new RegExp(
  [
    String.raw`\bcreate\s+(?:or\s+replace\s+)?(?:(?:algorithm\s*=\s*\w+|sql\s+security\s+\w+|aggregate)\s+)*`,
    String.raw`(?<made>table|view|procedure|function|trigger)\s+(?:if\s+not\s+exists\s+)?(?<object>${name})`,
    String.raw`|\bdrop\s+(?<dropped>table|view|procedure|function|trigger)\s+(?:if\s+exists\s+)?`,
    String.raw`(?<objects>${name}(?:\s*,\s*${name})*)`,
    String.raw`|\brename\s+table\s+(?:if\s+exists\s+)?(?<from>${name})\s+to\s+(?<to>${name})`,
  ].join(""),
  "giu",
);

/**
 * What the statements of a migration make and drop, in their order, those in bodies of routines too; not what a text
 * that is put together names, nor temporary tables.
 */
export function readMadeObjects(sql: string): readonly MadeObject[] {
  const bare = (quoted: string): string => quoted.trim().replaceAll("`", "");
  return [...maskSql(sql).matchAll(statements)].flatMap(({ groups = {} }): readonly MadeObject[] => {
    const { made, object, dropped, objects, from, to } = groups;
    // The pattern admits the kinds only.
    if (made && object)
      return [{ action: "create", kind: made.toLowerCase() as MadeKind, object: bare(object) }];
    if (from && to)
      return [
        { action: "drop", kind: "table", object: bare(from) },
        { action: "create", kind: "table", object: bare(to) },
      ];
    const kind = (dropped ?? "").toLowerCase() as MadeKind;
    return (objects ?? "").split(",").map((one) => ({ action: "drop", kind, object: bare(one) }));
  });
}
