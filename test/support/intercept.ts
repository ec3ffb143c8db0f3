import type { MariaDb, Queryable } from "../../src/stores/mariadb/mariadb.ts";

/** The same database; `before` is waited for before each statement is sent. */
export function intercept(
  db: MariaDb,
  before: (sql: string, values?: readonly unknown[]) => Promise<unknown> | undefined,
): MariaDb {
  const intercepted = (target: Queryable): Queryable => ({
    query: async (sql, values) => {
      await before(sql, values);
      return target.query(sql, values);
    },
    run: async (sql, values) => {
      await before(sql, values);
      return target.run(sql, values);
    },
  });
  return {
    ...db,
    ...intercepted(db),
    withConnection: (work) =>
      db.withConnection((connection) =>
        work({
          ...connection,
          ...intercepted(connection),
          queryCounted: async (sql, values) => {
            await before(sql, values);
            return connection.queryCounted(sql, values);
          },
        }),
      ),
  };
}
