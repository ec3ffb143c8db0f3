import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { prepareTote } from "../../domains/totesys/prepare-tote.ts";
import { toteFiles, toteRows } from "../../domains/totesys/tote-files.ts";
import { toteOperation } from "../../domains/totesys/tote-operations.ts";
import { toteProject } from "../../domains/totesys/tote-project.ts";
import { importTote } from "../../support/back-office.ts";
import { readLiveState } from "../../support/read-changes.ts";
import { readEverything } from "../../support/read-everything.ts";
import { openReplicatedMariaDb, type ReplicatedMariaDb } from "../../support/replicated-mariadb.ts";
import { attempt } from "../../support/soundness.ts";
import { readTestSeed } from "../../support/test-seed.ts";
import { changeSale, deleteSale, insertSale, readSaid } from "../../support/tote-history.ts";

/** What is written is drawn from it: VITRINE_TEST_SEED repeats a run. */
const seed = readTestSeed();

const facts = [
  { table: "sales_order", record: "sales_record_id" },
  { table: "purchase_order", record: "purchase_record_id" },
  { table: "payment", record: "payment_record_id" },
] as const;

/** Histories, facts and rows as they stand: all that is made of versioned facts. */
const models = toteProject.domains
  .flatMap((domain) => domain.models)
  .filter(({ name }) => /^fact_|_history$/.test(name));

/** The versions of one kind of fact: how often each was told to loaders, and the number that the next one follows. */
const readVersionRows = (db: MariaDb, { table, record }: (typeof facts)[number]) =>
  db.query<{ fact: number; number: number; told: string; last: number }>(
    `select version.${table}_id as fact, version.version_number as number, last.version_number as last,
      (select count(*) from vitrine_change_${table}_version as told
        where told.${record} = version.${record}) as told
    from ${table}_version as version left join ${table}_last_version as last using (${table}_id)
    order by version.${record}`,
  );

/** How many versions there are. Each has its number, without a gap, and is one change. */
async function expectEachOnce(db: MariaDb): Promise<number> {
  let versions = 0;
  for (const fact of facts) {
    const numbers = new Map<number, number>();
    const rows = await readVersionRows(db, fact);
    for (const row of rows) {
      const number = (numbers.get(row.fact) ?? 0) + 1;
      expect({ ...row, told: Number(row.told) }, fact.table).toEqual({ ...row, number, told: 1 });
      numbers.set(row.fact, number);
    }
    for (const { fact: id, last } of rows) expect(last, `${fact.table} ${id}`).toBe(numbers.get(id));
    versions += rows.length;
  }
  return versions;
}

describe.each(["ROW", "MIXED"] as const)("Of a binary log in the format %s", (format) => {
  let servers: ReplicatedMariaDb;
  beforeAll(async () => {
    servers = await openReplicatedMariaDb(format);
    await migrateUp({ admin: servers.primary, sqlDir: toteProject.sql, domains: toteProject.domains });
    await prepareTote(servers.primary);
  }, 120_000);
  afterAll(() => servers?.close());

  /** The replica has every row, version and change of the primary, once, and shows the same. */
  const expectEqual = async () => {
    await servers.catchUp();
    const { primary, replica } = servers;
    expect(await readEverything(replica)).toEqual(await readEverything(primary));
    for (const model of models)
      expect(await readLiveState(replica, model), model.name).toEqual(await readLiveState(primary, model));
    const versions = await expectEachOnce(primary);
    expect(await expectEachOnce(replica)).toBe(versions);
    return versions;
  };

  test("a replica has the versions of what was there, and of an import, once", async () => {
    const before = await expectEqual();
    expect(before).toBeGreaterThan(5);
    await importTote(servers.primary, toteFiles());
    const [first, second] = toteRows.sales_order;
    const changed = [first, { ...second, units_sold: 4, last_updated: "2022-11-04 10:00:00.000" }];
    await importTote(servers.primary, toteFiles({ sales_order: changed, payment: null, transaction: null }));
    expect(await expectEqual()).toBe(before + 1);
    expect(await readSaid(servers.replica, 2)).toEqual(["+3", "+4"]);
  });

  test("a replica has the versions of a sale that is changed, deleted, made anew, renumbered, or rolled back", async () => {
    const { primary, replica } = servers;
    await insertSale(primary, 1000, 1);
    await changeSale(primary, 1000, 2);
    await deleteSale(primary, 1000);
    await insertSale(primary, 1000, 3);
    await primary.run("update sales_order set sales_order_id = 1001 where sales_order_id = 1000");
    await primary
      .transaction(async (connection) => {
        await changeSale(connection, 1001, 9);
        throw new Error("rolled back");
      })
      .catch((error: unknown) => expect(String(error)).toContain("rolled back"));
    await expectEqual();
    expect(await readSaid(replica, 1000)).toEqual(["+1", "+2", "-2", "+3", "-3"]);
    expect(await readSaid(replica, 1001)).toEqual(["+3"]);
  });

  test(`a replica has the versions of any writes, in transactions (VITRINE_TEST_SEED=${seed})`, async () => {
    const before = await expectEqual();
    const transactions = fc.sample(fc.array(toteOperation, { minLength: 1, maxLength: 8 }), {
      numRuns: 120,
      seed,
    });
    await servers.primary.withConnection(async (connection) => {
      for (const [index, operations] of transactions.entries()) {
        await connection.run("start transaction");
        for (const one of operations) await attempt(connection, one);
        await connection.run(index % 7 === 0 ? "rollback" : "commit");
      }
    });
    expect(await expectEqual()).toBeGreaterThan(before);
  });

  test("a replica that is promoted goes on counting where the primary stopped", async () => {
    await insertSale(servers.primary, 2000, 1);
    await changeSale(servers.primary, 2000, 2);
    const before = await expectEqual();
    const { replica } = servers;
    await replica.query("stop slave; set global read_only = 0");
    await changeSale(replica, 2000, 3);
    await deleteSale(replica, 2000);
    expect(await readSaid(replica, 2000)).toEqual(["+1", "+2", "+3", "-3"]);
    expect(await expectEachOnce(replica)).toBe(before + 2);
  });
});
