import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";

/** What the server was told to do, by its own general log, which is off again when `work` has ended. */
export async function withStatementLog<T>(
  admin: MariaDb,
  work: (log: { sentBy(url: string): Promise<readonly string[]> }) => Promise<T>,
): Promise<T> {
  await admin.query("set global log_output = 'TABLE'");
  await admin.query("set global general_log = on");
  try {
    return await work({
      sentBy: async (url) => {
        const rows = await admin.query<{ sent: string }>(
          `select convert(argument using utf8mb4) as sent from mysql.general_log
          where user_host like ? and command_type in ('Query', 'Execute') order by event_time`,
          [`${new URL(url).username}[%`],
        );
        return rows.map(({ sent }) => sent);
      },
    });
  } finally {
    await admin.query("set global general_log = off");
    await admin.query("set global log_output = 'FILE'");
  }
}
