import { type MariaDb, quoteName } from "../../src/stores/mariadb/mariadb.ts";

/** Every row of every table, each version with its microseconds; and what views, routines and triggers say. */
export async function readEverything(db: MariaDb): Promise<Readonly<Record<string, unknown>>> {
  const tables = await db.query<{ name: string; versioned: number }>(
    `select table_name as name, table_type = 'SYSTEM VERSIONED' as versioned from information_schema.tables
    where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED') order by table_name`,
  );
  const found: Record<string, unknown> = {};
  for (const { name, versioned } of tables) {
    const columns = await db.query<{ name: string }>(
      `select column_name as name from information_schema.columns
      where table_schema = database() and table_name = ? order by ordinal_position`,
      [name],
    );
    const list = columns.map((column) => quoteName(column.name)).join(", ");
    const rows = await db.query(
      `select ${list} from ${quoteName(name)} ${Number(versioned) === 1 ? "for system_time all" : ""}
      order by ${columns.map((_, index) => index + 1).join(", ")}`,
    );
    found[name] = rows;
  }
  found.definitions = await db.query(
    `select 'view' as kind, table_name as name, md5(view_definition) as text
    from information_schema.views where table_schema = database()
    union all select 'routine', routine_name, md5(routine_definition)
    from information_schema.routines where routine_schema = database()
    union all select 'trigger', trigger_name, md5(action_statement)
    from information_schema.triggers where trigger_schema = database() order by 1, 2`,
  );
  return found;
}
