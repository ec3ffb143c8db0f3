import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { posProcedures } from "../../../src/domains/pos/procedures.ts";
import { posRules } from "../../../src/domains/pos/rules.ts";
import { importFiles } from "../../../src/imports/import-files.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { createProcedureCaller } from "../../../src/stores/mariadb/call-procedure.ts";
import { type MariaDb, sqlErrorOf } from "../../../src/stores/mariadb/mariadb.ts";
import project from "../../../vitrine.config.ts";
import { readEverything } from "../../support/read-everything.ts";
import { openReplicatedMariaDb, type ReplicatedMariaDb } from "../../support/replicated-mariadb.ts";
import { writeShopFiles } from "../../support/shop-files.ts";
import { shopOperation } from "../../support/shop-operations.ts";
import { readTestSeed } from "../../support/test-seed.ts";

const migrate = (db: MariaDb) => migrateUp({ admin: db, sqlDir: "sql", domains: project.domains });

/** What the terminals write is drawn from it: VITRINE_TEST_SEED repeats a run. */
const seed = readTestSeed();

describe.each(["ROW", "MIXED"] as const)("A replica that follows a binary log in the format %s", (format) => {
  let servers: ReplicatedMariaDb;
  beforeAll(async () => {
    servers = await openReplicatedMariaDb(format);
    await migrate(servers.primary);
  });
  afterAll(() => servers?.close());

  const isEqual = async () => {
    await servers.catchUp();
    const [here, there] = await Promise.all([
      readEverything(servers.primary),
      readEverything(servers.replica),
    ]);
    expect(there).toEqual(here);
    return here;
  };

  test("has what an import wrote, once, with the same history", async () => {
    const domain = project.domains.find(({ name }) => name === "pos");
    if (!domain) throw new Error("There is no domain.");
    const dir = await writeShopFiles();
    await importFiles({ admin: servers.primary, domain, dir });
    await servers.primary.run("update product set current_price = current_price + 1");
    await importFiles({ admin: servers.primary, domain, dir });
    const found = await isEqual();
    expect(found.orderline).toHaveLength(4);
    expect((found.product as unknown[]).length).toBeGreaterThan(2);
  });

  test("has what mutations wrote", async () => {
    const caller = createProcedureCaller(servers.primary, posRules);
    const call = (name: string, args: Readonly<Record<string, unknown>>) => {
      const procedure = posProcedures.find((one) => one.name === name);
      if (!procedure) throw new Error(`There is no ${name}.`);
      return caller.call(procedure, args, new AbortController().signal);
    };
    const { values } = await call("record_sale", { customerId: 0, lines: [{ productId: 0, quantity: 2 }] });
    await call("add_item", { orderId: values.orderId, productId: 1, quantity: 1 });
    await call("update_price", { productId: 1, price: "12.50" });
    await call("ship_order", { orderId: values.orderId });
    await isEqual();
  });

  test(`has what terminals wrote: every kind of write, in transactions, rolled back ones not (seed ${seed})`, async () => {
    const { primary } = servers;
    const transactions = fc.sample(fc.array(shopOperation, { minLength: 1, maxLength: 4 }), {
      numRuns: 120,
      seed,
    });
    for (const [index, operations] of transactions.entries())
      await primary
        .transaction(async (connection) => {
          for (const { sql, values } of operations)
            await connection.run(sql, values).catch((error: unknown) => {
              // What a key, a check or a rule refuses has changed nothing.
              if (!sqlErrorOf(error)) throw error;
            });
          if (index % 7 === 0) throw new Error("rolled back");
        })
        .catch((error: unknown) => {
          if (!(error instanceof Error && error.message === "rolled back")) throw error;
        });
    await primary.query(`
      replace into product (product_id, name, current_price, available_quantity) values (90, 'Stool', 5, 10), (91, 'Desk', 6, 10);
      replace into product (product_id, name, current_price, available_quantity) values (90, 'Stool', 7, 10);
      insert into product (product_id, name, current_price) values (91, 'Desk', 6) on duplicate key update current_price = 9;
      insert ignore into product (product_id, name, current_price) values (91, 'Desk', 6), (92, 'Bed', 70);
      insert into product (product_id, name, current_price) select product_id + 100, name, current_price from product where product_id >= 90;
      update product set name = concat(name, '!') where product_id > 90 order by current_price limit 2;
      delete from product where product_id > 190`);
    const found = await isEqual();
    const changes = Object.keys(found).filter((table) => /^vitrine_change_(?!table)/.test(table));
    expect(changes.flatMap((table) => found[table] as unknown[]).length).toBeGreaterThan(50);
  });

  test("becomes a primary on which `migrate up` has nothing to do", async () => {
    await servers.catchUp();
    await servers.replica.query("stop slave; set global read_only = 0");
    expect(await migrate(servers.replica)).toEqual([]);
  });
});
