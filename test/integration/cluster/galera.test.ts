import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openSource } from "../../../src/app/open-app.ts";
import { readConfig } from "../../../src/config.ts";
import { followReplicas } from "../../../src/freshness/replicas.ts";
import { importFiles } from "../../../src/imports/import-files.ts";
import { createLogger } from "../../../src/log.ts";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { defineDomain } from "../../../src/models/project.ts";
import { type MariaDb, openMariaDb, sqlErrorOf } from "../../../src/stores/mariadb/mariadb.ts";
import { byTurns } from "../../cluster/by-turns.ts";
import { strikeShop } from "../../cluster/galera-drill.ts";
import { toNodeFault } from "../../cluster/galera-drills.ts";
import { type GaleraShop, openGaleraShop } from "../../cluster/galera-shop.ts";
import { holdAppliers } from "../../cluster/hold-appliers.ts";
import { nodeKilled } from "../../cluster/node-absences.ts";
import { findMissingGalera } from "../../support/galera-cluster.ts";
import type { GaleraNode } from "../../support/galera-node.ts";
import { readTestSeed } from "../../support/test-seed.ts";
import { writeFolder } from "../../support/warehouse.ts";

const missing = findMissingGalera();

if (missing !== null) test.todo(`clusters of Galera are not tried: ${missing}`);
else {
  let shop: GaleraShop;
  const pools: MariaDb[] = [];

  beforeAll(async () => {
    shop = await openGaleraShop();
    for (const index of [0, 1, 2])
      pools.push(openMariaDb(address(index), { size: 8, multipleStatements: true }));
    await node(0).query("create table witness (id int primary key, c bigint not null)");
    await node(0).query("insert into witness values (0, 0), (1, 0), (2, 0)");
    // Three servers are set up, one after the other.
  }, 300_000);
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.close()));
    await shop?.close();
  });

  const node = (index: number): MariaDb => {
    const pool = pools[index];
    if (!pool) throw new Error(`There is no node ${index + 1}.`);
    return pool;
  };
  const address = (index: number) => shop.cluster.url(shop.cluster.nodes[index]?.port ?? 0);
  const spread = (first: number, ...others: readonly number[]) => byTurns(node(first), ...others.map(node));

  test("a snapshot shows what was committed before its position, also when a balancer gave its connection to a node that lags", async () => {
    const release = await holdAppliers(address(2));
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
    await release();
    expect(await reading).toEqual({ ...now, node: "node3" });
  });

  test("a gateway's live read shows what was committed before on another node", async () => {
    const MARIADB_URL = address(1);
    const own = {
      MARIADB_URL,
      MONGODB_URL: shop.mongodbUrl,
      VITRINE_PROJECT: "test/support/backup/shop-project.ts",
    };
    const gateway = await openSource(readConfig({ HOME: "/", ...own }), { logger: createLogger("silent") });
    const release = await holdAppliers(MARIADB_URL);
    try {
      await node(0).run("update witness set c = c + 1 where id = 1");
      const now = await node(0).query("select c from witness where id = 1");
      const reading = gateway.reader.query("select c from witness where id = 1");
      await Promise.race([reading, sleep(500)]);
      await release();
      expect(await reading).toEqual(now);
    } finally {
      await release();
      await gateway.close();
    }
  });

  test("a larger position is a later snapshot, also when connections go to the nodes by turns while all are written to", async () => {
    const enough = 15;
    let isOver = false;
    const write = async (index: number) => {
      while (!isOver) await node(index).run("update witness set c = c + 1 where id = ?", [index]);
    };
    const seen: { readonly n: bigint; readonly counts: readonly number[]; readonly node: string }[] = [];
    /** Takes positions on one node and snapshots on another, until there are enough of them. */
    const take = async (db: MariaDb) => {
      for (let taken = 0; taken < enough; )
        await withSnapshots(db, async (snapshots) => {
          while (taken < enough) {
            const { position, connection, release } = await snapshots.open();
            const rows = await connection.query<{ c: number; node: string }>(
              "select c, @@wsrep_node_name as node from witness order by id",
            );
            await release();
            taken += 1;
            seen.push({ n: position.n, counts: rows.map(({ c }) => Number(c)), node: rows[0]?.node ?? "" });
          }
        }).catch((error) => {
          // Another took the same position eight times in turn: nothing was given.
          if (sqlErrorOf(error)?.errno !== 1213) throw error;
        });
    };
    const taking = Promise.all([spread(0, 1), spread(1, 2), spread(2, 0), node(2)].map(take)).finally(() => {
      isOver = true;
    });
    await Promise.all([...[0, 1, 2].map(write), taking]);
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
    const mixed = byTurns(node(0), elsewhere);
    await expect(withSnapshots(mixed, async (snapshots) => snapshots.open())).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringMatching(/lead to two servers, .*:\d+ and .*:\d+,/),
    });
    await elsewhere.close();
  });

  const beds = defineDomain({
    name: "beds",
    description: "Beds, and what stands in them.",
    models: [],
    imports: {
      beds: {
        files: [{ file: "bed.csv", staging: "staging_bed", columns: { Id: "id", Name: "name" } }],
        procedures: ["import_bed"],
      },
    },
  });
  const importBeds = async (count: number) => {
    const lines = Array.from({ length: count }, (_, index) => `${index + 1},${"bed".repeat(20)}\n`);
    const dir = await writeFolder({ "bed.csv": `Id,Name\n${lines.join("")}` });
    return importFiles({ admin: node(0), domain: beds, dir });
  };

  test("an import sends the other nodes what it changes, not the lines of its files; too much is refused by name", async () => {
    await node(0).query(
      `create table staging_bed (\`row_number\` bigint unsigned not null primary key, id varchar(500),
        name varchar(500), rest varchar(1000), fault varchar(200))`,
    );
    await node(0).query("create table bed (id int not null primary key, name varchar(500) not null)");
    await node(0).query(
      `create procedure import_bed() begin
        insert ignore into bed select cast(id as int), name from staging_bed;
        select 'bed' as table_name, row_count() as inserted, 0 as updated, 0 as deleted;
      end`,
    );
    const [first] = shop.cluster.nodes;
    await node(0).query("set global wsrep_max_ws_size = 200000");
    await expect(importBeds(5000)).rejects.toMatchObject({
      code: "WRITES_REFUSED",
      message: expect.stringContaining("Raise `wsrep_max_ws_size` on every node"),
    });
    expect(await node(0).query("select id from bed")).toEqual([]);
    await node(0).query("set global wsrep_max_ws_size = 2147483647");
    expect((await importBeds(5000)).tables).toMatchObject([{ inserted: 5000 }]);
    await node(2).query("set session wsrep_sync_wait = 1");
    const before = Number(await first?.status("wsrep_replicated_bytes"));
    expect((await importBeds(5000)).tables).toMatchObject([{ inserted: 0 }]);
    // A note of the run, and its lease.
    expect(Number(await first?.status("wsrep_replicated_bytes")) - before).toBeLessThan(20_000);
    expect(await node(2).query("select count(*) as n from bed")).toEqual([{ n: "5000" }]);
    expect(await node(2).query("select id from staging_bed")).toEqual([]);
  });

  test("a node that hangs is left out of live reads, until it answers again", async () => {
    const hangs = shop.cluster.nodes[1] as GaleraNode; // of three
    const look = openMariaDb(shop.cluster.url(hangs.port), { size: 1, awaitsCluster: true });
    const nodes = { primary: node(0), replicas: new Map([["node2", look]]) };
    const replicas = followReplicas({ ...nodes, readers: new Map(), maxLagMs: 1000 });
    const problem = () => replicas.states()[0]?.problem;
    try {
      await expect.poll(problem, { timeout: 30_000 }).toBe(null);
      hangs.freeze();
      await expect.poll(problem, { timeout: 30_000 }).toBe("it has not answered for more than 1000 ms");
      hangs.thaw();
      await hangs.synced();
      await expect.poll(problem, { timeout: 30_000 }).toBe(null);
    } finally {
      hangs.thaw();
      replicas.close();
      await look.close();
    }
  });

  test("of nodes that have no majority none is used, and the error says so of each", async () => {
    const cut = shop.cluster.nodes[2] as GaleraNode; // of three
    const gone = "127.0.0.1:1";
    const address = shop.cluster.url(cut.port).replace("127.0.0.1", `${gone},127.0.0.1`);
    await cut.isolate();
    try {
      await expect
        .poll(
          async () => {
            const db = openMariaDb(address, { size: 1 });
            const said = await db.query("select 1").then(
              () => "it is used",
              (error: Error) => error.message,
            );
            await db.close();
            return said;
          },
          { timeout: 30_000 },
        )
        .toBe(
          `None of the 2 servers of the address takes writes: ${gone} cannot be reached; 127.0.0.1:${cut.port} is a node of a cluster that is not ready.`,
        );
    } finally {
      await cut.rejoin();
    }
  });

  const seed = readTestSeed();
  // The last: the connections above are not used any more.
  test(`nothing is lost or wrong when the loader's node is killed, and comes back (VITRINE_TEST_SEED=${seed})`, async () => {
    const outcome = await strikeShop(shop, { seed, isSpread: false, strike: toNodeFault(nodeKilled).strike });
    expect(outcome).toMatchObject({ lost: 0, wrong: 0 });
    expect(outcome.documents).toBeGreaterThan(0);
    // Each node has every version, of the same time, whichever it was written on.
    const versions = await Promise.all(
      shop.cluster.nodes.map((node) =>
        node.query(
          `select customer_id, last_name, row_start, row_end from vitrine.customer for system_time all
          order by customer_id, row_start, row_end`,
        ),
      ),
    );
    expect(versions[0]?.length).toBeGreaterThan(40);
    expect(versions[1]).toEqual(versions[0]);
    expect(versions[2]).toEqual(versions[0]);
  });
}
