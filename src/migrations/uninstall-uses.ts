import { enginePrefix } from "../models/engine-names.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { MadeKind } from "./made-objects.ts";
import { objectId } from "./server-objects.ts";
import { escapePattern, maskSql, mentions } from "./sql-text.ts";

/** An object of the database that is dropped. */
export interface DroppedObject {
  readonly kind: MadeKind;
  readonly name: string;
}

/**
 * What is not dropped, and names what is, a sentence each: it would fail. Also in other databases of the server, as far
 * as the account sees them.
 */
export async function findUses(db: Queryable, dropped: readonly DroppedObject[]): Promise<readonly string[]> {
  const rows = await db.query<
    Record<"home" | "own" | "name", string> & { kind: MadeKind; text: string | null }
  >(
    `select kind, home, database() as own, name, text from (
      select 'trigger' as kind, trigger_schema as home, trigger_name as name, action_statement as text
      from information_schema.triggers
      union all
      select lower(routine_type), routine_schema, routine_name, routine_definition from information_schema.routines
      union all
      select 'view', table_schema, table_name, view_definition from information_schema.views
      union all
      select 'event', event_schema, event_name, event_definition from information_schema.events
    ) as texts where home not in ('sys', 'mysql', 'information_schema', 'performance_schema')`,
  );
  const gone = new Set(dropped.map(({ kind, name }) => objectId(kind, name)));
  return rows.flatMap(({ kind, home, own, name, text }) => {
    const isOwn = home === own;
    if (isOwn && gone.has(objectId(kind, name))) return [];
    const used = findUsed(text ?? "", dropped, isOwn ? null : own);
    return used === undefined ? [] : [`${kind} ${isOwn ? name : `${home}.${name}`} names ${used}`];
  });
}

/**
 * The first object that a text uses; one that is dropped with a text of its own, as triggers are, nobody uses. In doubt
 * it does: a name that a column has too is looked for where tables stand.
 * @param home the database that the text must name before the object; null: it is the text's own
 */
export function findUsed(
  text: string,
  dropped: readonly DroppedObject[],
  home: string | null,
): string | undefined {
  const masked = maskSql(text);
  const isUsed = ({ kind, name }: DroppedObject): boolean => {
    if (kind === "trigger" || !mentions(masked, name)) return false;
    if (home !== null) return new RegExp(`${one(home)}\\s*\\.\\s*${one(name)}`, "iu").test(masked);
    return name.startsWith(enginePrefix) || kind !== "view" || isRead(masked, name);
  };
  return dropped.find(isUsed)?.name;
}

/** A pattern of a name, quoted or not, that is no part of another. */
const one = (name: string): string => {
  const literal = escapePattern(name);
  return `(?:\`${literal}\`|(?<![\\p{L}\\p{N}_$\`])${literal}(?![\\p{L}\\p{N}_$\`]))`;
};

/** Whether a text has a name where tables stand, of which it may be the second. */
function isRead(masked: string, name: string): boolean {
  const table = `\\(*\\s*(?:(?:\`[^\`]+\`|[\\p{L}\\p{N}_$]+)\\s*\\.\\s*)?${one(name)}(?!\\s*\\.)`;
  const first = `(?<![\\p{L}\\p{N}_$])(?:from|(?:straight_)?join|into|update|insert|replace|ignore)\\b`;
  const more = `\\b(?:from|update)\\b(?:(?!\\b(?:where|group|order|having|limit|select|set|union)\\b)[^;])*,`;
  return new RegExp(`(?:${first}|${more})\\s*${table}`, "iu").test(masked);
}
