import mysql, { type RowDataPacket } from "mysql2/promise";
import type { BenchShop } from "./with-shop.ts";

/** The statements that `work` makes others send to the server, in their order, as the server's own log has them. */
export async function recordStatements(
  { admin }: BenchShop,
  work: () => Promise<unknown>,
): Promise<readonly string[]> {
  return admin.withConnection(async (connection) => {
    const [before] = await connection.query<{ log_output: string }>(
      "select @@global.log_output as log_output",
    );
    await connection.run("truncate table mysql.general_log");
    await connection.run("set global log_output = 'TABLE', global general_log = 1");
    try {
      await work();
    } finally {
      await connection.run("set global general_log = 0, global log_output = ?", [before?.log_output]);
    }
    const rows = await connection.query<{ statement: string }>(
      `select convert(argument using utf8mb4) as statement from mysql.general_log
      where command_type = 'Query' and thread_id <> connection_id()`,
    );
    return rows.map(({ statement }) => statement);
  });
}

/** Sends statements over and over by mysql2 alone, as so many clients at a time, each waiting for its answers. */
export async function openReplay(shop: BenchShop, clients: number) {
  const { hostname, port, username, password, pathname } = new URL(shop.mariadbUrl);
  const pool = mysql.createPool({
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    connectionLimit: clients,
    dateStrings: true,
    jsonStrings: true,
  });
  return {
    /** How often per second all `statements` were answered. */
    async run(statements: readonly string[], seconds: number): Promise<number> {
      const started = performance.now();
      let rounds = 0;
      const client = async () => {
        while (performance.now() - started < seconds * 1000) {
          for (const statement of statements) await pool.query<RowDataPacket[]>(statement);
          rounds += 1;
        }
      };
      await Promise.all(Array.from({ length: clients }, client));
      return (rounds * 1000) / (performance.now() - started);
    },
    close: () => pool.end(),
  };
}
