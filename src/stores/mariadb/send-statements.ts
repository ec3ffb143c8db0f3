import type mysql from "mysql2/promise";
import type { MariaDbConnection, Row } from "./mariadb.ts";
import { sqlErrorOf, toVitrineError } from "./mariadb-errors.ts";

/** Rows, and how many warnings the server counts for their statement: 65,535 at most. Undefined: it did not say. */
export interface CountedRows {
  readonly rows: readonly Row[];
  readonly warnings: number | undefined;
}

/** No more prepared statements are to be had (a limit of the whole server), or this one cannot be one. */
const cannotPrepare: ReadonlySet<number | undefined> = new Set([1295, 1461, 1615]);

/** What the driver's packets are, which its typings leave out. */
interface Packet {
  isEOF(): boolean;
  eofWarningCount(): number;
}
interface Command {
  execute(packet: Packet | undefined, connection: unknown): boolean;
}

/** The driver's connection behind its promises, which take a stack trace of every statement (a fifteenth of a read). */
interface CallbackConnection {
  query(
    sql: string,
    values: readonly unknown[],
    done: (error: Error | null, result: unknown) => void,
  ): Command;
  execute: CallbackConnection["query"];
}

/** Statements over the connection that the promise API wraps, which its typings hide. */
export function createSender(
  raw: mysql.PoolConnection,
): Pick<MariaDbConnection, "query" | "queryCounted" | "run"> {
  const target = raw.connection as unknown as CallbackConnection;
  const send = (
    sql: string,
    values: readonly unknown[] = [],
    { how = "query", onSent }: { how?: "query" | "execute"; onSent?: (command: Command) => void } = {},
  ) =>
    new Promise<unknown>((resolve, reject) => {
      const command = target[how](sql, [...values], (error, result) => {
        if (error) reject(toVitrineError(error));
        else resolve(result);
      });
      onSent?.(command);
    });
  return {
    // The caller states the row type of its own SQL.
    query: async <T extends object>(
      sql: string,
      values?: readonly unknown[],
      { isPrepared = false }: { readonly isPrepared?: boolean } = {},
    ) => {
      const plain = () => send(sql, values);
      const sent = isPrepared
        ? send(sql, values, { how: "execute" }).catch((error: unknown) => {
            if (cannotPrepare.has(sqlErrorOf(error)?.errno)) return plain();
            throw error;
          })
        : plain();
      return (await sent) as unknown as readonly T[];
    },
    async queryCounted(sql, values) {
      let warnings: number | undefined;
      const onSent = (command: Command) => {
        const { execute } = command;
        command.execute = (packet, connection) => {
          // The last packet says it; the driver passes over it.
          if (packet?.isEOF()) warnings = packet.eofWarningCount() & 0xffff;
          return execute.call(command, packet, connection);
        };
      };
      const rows = await send(sql, values, { onSent });
      return { rows: rows as CountedRows["rows"], warnings };
    },
    run: async (sql, values) => {
      const result = (await send(sql, values)) as mysql.ResultSetHeader;
      return { affectedRows: result.affectedRows, insertId: result.insertId };
    },
  };
}
