import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { int } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import type { MariaDb, Queryable } from "../../../src/stores/mariadb/mariadb.ts";
import { captureTables, touchBy } from "../../support/capture.ts";
import { intercept } from "../../support/intercept.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";

/** More than a loader may hold at once. */
const COUNT = 60_000;

/** Every document says the same number, so one change touches all of them. */
const echoes: DocumentModel = defineModel({
  name: "echoes",
  typeName: "Echo",
  description: "An echo.",
  key: "echoId",
  fields: { echoId: int("Number."), said: int("What is said.") },
});

let shop: MirrorShop;
let models: readonly DocumentModel[];

beforeAll(async () => {
  shop = await openMirrorShop();
  models = [echoes, shop.model("order_details")];
  await shop.admin.query(`
    create table shout (shout_id int primary key, said int not null);
    insert into shout values (1, 0);
    create view echoes as
      select n.seq as echo_id, s.said
      from seq_1_to_3 as n join shout as s on s.shout_id = 1`);
  await captureTables(shop.admin, [{ table: "shout" }]);
  await touchBy(
    shop.admin,
    "echoes",
    "shout",
    `select c.vitrine_id as change_id, n.seq as document_id
      from vitrine_change_shout as c join seq_1_to_${COUNT} as n`,
  );
  await shop.createLoader(models).once(new AbortController().signal);
});
afterAll(() => shop.close());

const shout = (times: number) =>
  shop.db.transaction(async (connection) => {
    for (let time = 0; time < times; time++) {
      await connection.run("update shout set said = said + 1");
      await connection.run("insert into vitrine_change_shout (shout_id) values (1)");
    }
  });

/** Until the resolver has queued so many documents in all. */
const waitForQueued = (documents: number) =>
  vi.waitFor(
    () => {
      const sizes = shop.events.map((event) => (event.type === "resolved" ? event.queued : 0));
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(documents);
    },
    { timeout: 20_000 },
  );

/** Notes how many rows a statement gave at most. */
function watchRows(db: MariaDb, onRows: (sql: string, rows: number) => void): MariaDb {
  const watch = (target: Queryable): Queryable => ({
    run: target.run,
    query: async <T extends object>(sql: string, values?: readonly unknown[]) => {
      const rows = await target.query<T>(sql, values);
      onRows(sql, rows.length);
      return rows;
    },
  });
  return {
    ...db,
    ...watch(db),
    withConnection: (work) =>
      db.withConnection((connection) => work({ ...connection, ...watch(connection) })),
  };
}

/** Runs a loader until `work` is done. */
async function whileLoading(wrap: (db: MariaDb) => MariaDb, work: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  shop.events.length = 0;
  const running = shop.createLoader(models, { wrap, verifyShare: 0 }).run(stop.signal);
  try {
    await work();
  } finally {
    stop.abort();
    await running;
    await shop.db.run("delete from vitrine_pending");
  }
}

const expectOrder = async (price: string) => {
  const found = await shop.mongo.db
    .collection<{ _id: number; items: readonly { unitPrice: unknown }[] }>("order_details")
    .findOne({ _id: 1 });
  expect(found?.items.map((item) => String(item.unitPrice))).toContain(price);
};

test("small changes do not wait while one that touches very much is queued", async () => {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let isHeld = false;
  const hold = (db: MariaDb) =>
    intercept(db, (sql) => {
      // The first page of the big change; small ones come in after that.
      if (isHeld || !sql.startsWith("insert into vitrine_pending")) return undefined;
      isHeld = true;
      return gate;
    });
  await whileLoading(hold, async () => {
    await shout(1);
    await vi.waitFor(() => expect(isHeld).toBe(true), { timeout: 10_000 });
    try {
      for (const price of ["3.10", "3.20", "3.30"]) {
        await shop.db.run("update orderline set unit_price = ? where order_id = 1", [price]);
        await vi.waitFor(() => expectOrder(price), { timeout: 5000 });
      }
    } finally {
      open();
    }
    await waitForQueued(COUNT);
  });
});

test("no statement gives more than a loader may hold, whatever one change or many touch", async () => {
  let most = 0;
  const note = (db: MariaDb) =>
    watchRows(db, (_, rows) => {
      most = Math.max(most, rows);
    });
  await whileLoading(note, async () => {
    await shout(3);
    await waitForQueued(COUNT);
  });
  expect(most).toBeGreaterThan(1000);
  expect(most).toBeLessThan(25_000);
});
