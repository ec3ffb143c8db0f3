import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { stripComments } from "./sql-text.ts";

/** What a trigger, a routine or an event of this database says. */
export interface ServerBody {
  /** Of a routine, in lower case. */
  readonly routine: string | null;
  /** Of a trigger: its name, its table, and when it fires. */
  readonly trigger: string | null;
  readonly table: string | null;
  readonly event: string | null;
  readonly timing: string | null;
  /** Without comments. */
  readonly text: string;
}

/** All triggers, routines and events, whoever wrote them. Needs the rights of an administrator: others see no triggers. */
export async function readServerBodies(db: Queryable): Promise<readonly ServerBody[]> {
  const rows = await db.query<Omit<ServerBody, "text"> & { body: string | null }>(
    `select null as routine, trigger_name as \`trigger\`, event_object_table as \`table\`, lower(event_manipulation) as event,
      lower(action_timing) as timing, action_statement as body
    from information_schema.triggers where trigger_schema = database()
    union all
    select lower(routine_name), null, null, null, null, routine_definition
    from information_schema.routines where routine_schema = database()
    union all
    select null, null, null, null, null, event_definition
    from information_schema.events where event_schema = database()`,
  );
  return rows.map(({ body, ...row }) => ({ ...row, text: stripComments(body ?? "") }));
}
