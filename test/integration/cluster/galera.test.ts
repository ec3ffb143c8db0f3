import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { readPosition } from "../../../src/core/position.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { type MariaDb, openMariaDb, sqlErrorOf } from "../../../src/stores/mariadb/mariadb.ts";
import { findMissingGalera, type GaleraCluster, openGaleraCluster } from "../../support/galera-cluster.ts";

const missing = findMissingGalera();

if (missing !== null) test.todo(`clusters of Galera are not tried: ${missing}`);
else {
  let cluster: GaleraCluster;
  const pools: MariaDb[] = [];

  beforeAll(async () => {
    cluster = await openGaleraCluster();
    for (const { port } of cluster.nodes)
      pools.push(openMariaDb(cluster.url(port), { size: 8, multipleStatements: true }));
    await migrateUp({ admin: node(0), sqlDir: "sql", domains: [] });
    await node(0).query("create table witness (id int primary key, c bigint not null)");
    await node(0).query("insert into witness values (0, 0), (1, 0), (2, 0)");
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
    await cluster?.close();
  });

  const node = (index: number): MariaDb => {
    const pool = pools[index];
    if (!pool) throw new Error(`There is no node ${index + 1}.`);
    return pool;
  };
  /** What a balancer does: connections go to these nodes by turns. */
  const spread = (...indexes: readonly number[]): MariaDb => {
    let turn = 0;
    const next = () => node(indexes[turn++ % indexes.length] ?? 0);
    return { ...node(0), withConnection: (work) => next().withConnection(work) };
  };

  test("a snapshot shows what was committed before its position, also when a balancer gave its connection to a node that lags", async () => {
    const lagging = node(2);
    let isFrozen: () => void = () => undefined;
    const frozen = new Promise<void>((resolve) => {
      isFrozen = resolve;
    });
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const freezing = lagging.withConnection(async (connection) => {
      // As a backup does it.
      await connection.run("set global wsrep_desync = 1");
      await connection.run("flush tables with read lock");
      isFrozen();
      await released;
      await connection.run("unlock tables");
      await connection.run("set global wsrep_desync = 0");
    });
    await frozen;
    await node(0).run("update witness set c = c + 1 where id = 0");
    const [now] = await node(0).query<{ c: number }>("select c from witness where id = 0");
    const reading = withSnapshots(spread(0, 2), async (snapshots) => {
      const { connection, release: end } = await snapshots.open();
      const [row] = await connection.query<{ c: number; node: string }>(
        "select c, @@wsrep_node_name as node from witness where id = 0",
      );
      await end();
      return row;
    });
    await Promise.race([reading, sleep(500)]);
    release();
    await freezing;
    expect(await reading).toEqual({ ...now, node: "node3" });
  });

  test("a larger position is a later snapshot, also when connections go to the nodes by turns while all are written to", async () => {
    const until = Date.now() + 3000;
    const write = async (index: number) => {
      for (let done = 0; ; done += 1) {
        if (Date.now() > until) return done;
        await node(index).run("update witness set c = c + 1 where id = ?", [index]);
      }
    };
    const seen: { readonly n: bigint; readonly counts: readonly number[]; readonly node: string }[] = [];
    const take = async (db: MariaDb) => {
      while (Date.now() < until)
        await withSnapshots(db, async (snapshots) => {
          for (let round = 0; round < 10 && Date.now() < until; round += 1) {
            const { position, connection, release } = await snapshots.open();
            const rows = await connection.query<{ c: number; node: string }>(
              "select c, @@wsrep_node_name as node from witness order by id",
            );
            await release();
            seen.push({ n: position.n, counts: rows.map(({ c }) => Number(c)), node: rows[0]?.node ?? "" });
          }
        }).catch((error) => {
          // Another took the same position eight times in turn: nothing was given.
          if (sqlErrorOf(error)?.errno !== 1213) throw error;
        });
    };
    await Promise.all([
      ...[0, 1, 2].map(write),
      ...[spread(0, 1, 2, 2, 0, 1), spread(1, 2, 0, 1, 2, 0), node(2)].map(take),
    ]);
    seen.sort((a, b) => (a.n < b.n ? -1 : 1));
    const older = seen.filter(({ counts }, index) =>
      counts.some((count, id) => count < (seen[index - 1]?.counts[id] ?? 0)),
    );
    expect(older).toEqual([]);
    expect(new Set(seen.map(({ n }) => n)).size).toBe(seen.length);
    expect(new Set(seen.map((one) => one.node))).toEqual(new Set(["node1", "node2", "node3"]));
  });

  test("two connections to servers that know nothing of each other take no position", async () => {
    const elsewhere = openMariaDb(inject("mariadbUrl"), { size: 1 });
    let turn = 0;
    const mixed: MariaDb = {
      ...node(0),
      withConnection: (work) => (turn++ % 2 === 0 ? node(0) : elsewhere).withConnection(work),
    };
    const before = await readPosition(node(0));
    await expect(withSnapshots(mixed, async (snapshots) => snapshots.open())).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringMatching(/lead to two servers, .*:\d+ and .*:\d+,/),
    });
    expect(await readPosition(node(0))).toEqual(before);
    await elsewhere.close();
  });
}
