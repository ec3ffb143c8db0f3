import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";

/** How many statements that name an object a server was sent meanwhile. @param name as statements have it, in backquotes */
export async function countStatements(db: MariaDb, name: string, work: () => Promise<void>): Promise<number> {
  // Not logged: the replica has nothing that its primary lacks.
  await db.query(
    "set sql_log_bin = 0; truncate table mysql.general_log; set sql_log_bin = 1; set global log_output = 'TABLE', global general_log = 1",
  );
  try {
    await work();
  } finally {
    await db.query("set global general_log = 0, global log_output = 'FILE'");
  }
  const [row] = await db.query<{ n: number }>(
    `select count(*) as n from mysql.general_log
      where instr(convert(argument using utf8mb4), ?) > 0 and thread_id <> connection_id()
        and command_type in ('Query', 'Execute')`,
    [name],
  );
  return Number(row?.n);
}
