import { type Queryable, sqlErrorOf } from "../stores/mariadb/mariadb.ts";
import type { ObjectKind } from "./sql-files.ts";

/** Something of this database that runs with the rights of an account that the server does not have. */
export interface OrphanedObject {
  readonly kind: ObjectKind | "event";
  readonly name: string;
  /** `account@host`, or a role. */
  readonly definer: string;
  /** Of a trigger: each write to it fails. */
  readonly table: string | null;
}

const NO_RIGHT = 1142;

/**
 * Triggers, events, and the routines and views that have their owner's rights, whose owner does not exist: whoever uses
 * one is refused (error 1449). None for an account that may not look at accounts.
 */
export async function readOrphanedObjects(db: Queryable): Promise<readonly OrphanedObject[]> {
  try {
    return await db.query<OrphanedObject>(
      `select made.kind, made.name, made.definer, made.of_table as \`table\`
      from (
        select 'trigger' as kind, trigger_name as name, definer, event_object_table as of_table
        from information_schema.triggers where trigger_schema = database()
        union all
        select lower(routine_type), routine_name, definer, null from information_schema.routines
        where routine_schema = database() and routine_type in ('PROCEDURE', 'FUNCTION')
          and security_type = 'DEFINER'
        union all
        select 'view', table_name, definer, null from information_schema.views
        where table_schema = database() and security_type = 'DEFINER'
        union all
        select 'event', event_name, definer, null from information_schema.events
        where event_schema = database()
      ) as made
      left join mysql.user as account on concat(account.user, '@', account.host) = made.definer
        or (account.is_role = 'Y' and account.user = made.definer)
      where account.user is null
      order by made.kind, made.name`,
    );
  } catch (error) {
    if (sqlErrorOf(error)?.errno === NO_RIGHT) return [];
    throw error;
  }
}
