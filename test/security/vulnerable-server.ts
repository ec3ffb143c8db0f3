import { createServer } from "node:http";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";

/** A server on loopback that splices what it is given into a statement, for sqlmap to find. Only for this run. */
export async function openVulnerableServer(
  mariadbUrl: string,
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const db = openMariaDb(mariadbUrl, { size: 4 });
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? "/", "http://here").searchParams.get("name") ?? "";
    db.query<{ n: number }>(
      `select customer_id as n from customer where first_name = '${name}' limit 5`,
    ).then(
      (rows) => response.end(rows.map(({ n }) => n).join(" ") || "nobody"),
      (error: Error) =>
        response.writeHead(500).end(String((error.cause as Error | undefined)?.message ?? error.message)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null)
    throw new TypeError("A server that listens has an address.");
  return {
    address: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await db.close();
    },
  };
}
