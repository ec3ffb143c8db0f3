import type { OnStatement } from "../sent-statement.ts";
import { tellOf } from "../sent-statement.ts";
import type { MariaDbConnection } from "./mariadb.ts";

/** What is asked about columns and warnings: no part of a read, and sent every few seconds at most. */
const isAside = (sql: string): boolean => /^\s*show |information_schema/i.test(sql);

/** A connection that tells of the statements that read. */
export function toldConnection<C extends MariaDbConnection>(
  connection: C,
  onStatement: OnStatement,
  isWithheld: boolean,
): C {
  const tell = <T>(sql: string, values: readonly unknown[] | undefined, send: Sender<T>): Promise<T> =>
    isAside(sql)
      ? send(() => undefined)
      : tellOf({ onStatement }, () => ({ text: sql, values: isWithheld ? null : (values ?? []) }), send);
  return {
    ...connection,
    query: <T extends object>(
      sql: string,
      values?: readonly unknown[],
      how?: { readonly isPrepared?: boolean },
    ) =>
      tell(sql, values, async (count) => {
        const rows = await connection.query<T>(sql, values, how);
        count(rows.length);
        return rows;
      }),
    queryCounted: (sql, values) =>
      tell(sql, values, async (count) => {
        const answer = await connection.queryCounted(sql, values);
        count(answer.rows.length);
        return answer;
      }),
  };
}

type Sender<T> = (count: (rows: number) => void) => Promise<T>;
