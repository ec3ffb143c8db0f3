import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { customerOrders } from "../../../src/domains/pos/models/customer-orders.ts";
import { orderDetails } from "../../../src/domains/pos/models/order-details.ts";
import { sales } from "../../../src/domains/pos/models/sales.ts";
import type { VitrineError } from "../../../src/errors.ts";
import type { DocumentStore } from "../../../src/stores/document-store.ts";
import { holdTime, releaseTime } from "../../../src/stores/mariadb/hold-time.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readMoment } from "../../support/settle.ts";
import { createShop, type Shop } from "../../support/shop.ts";

let db: TestDatabase;
let live: DocumentStore;
let shop: Shop;
const moments: Record<string, string> = {};
const moment = (name: string): string => {
  const found = moments[name];
  if (!found) throw new Error(`There is no moment ${name}.`);
  return found;
};

beforeAll(async () => {
  db = await openTestDatabase();
  live = createLiveStore(db.reader);
  moments.empty = await readMoment(db.admin);
  shop = await createShop(db.admin);
  await shop.city("90001", "Los Angeles", "CA");
  await shop.customer("Ada");
  await shop.customer("Ben", { zip: "90001" });
  await shop.product("Chair", "40.00");
  await shop.product("Lamp", "10.00");
  await shop.sale("Ada", [["Chair", 2]]);
  await shop.sale("Ben", [["Lamp", 1]]);
  moments.sold = await readMoment(db.admin);
  await db.admin.run("update customer set first_name = 'Eve' where customer_id = 1");
  moments.renamed = await readMoment(db.admin);
  await db.admin.run("update `order` set customer_id = 1 where order_id = 2");
  moments.moved = await readMoment(db.admin);
  await db.admin.run("delete from orderline where order_id = 1");
  await db.admin.run("delete from `order` where order_id = 1");
  moments.deleted = await readMoment(db.admin);
});
afterAll(() => db?.close());

const read = async (model: typeof customerOrders | typeof orderDetails, id: string, asOf?: string) =>
  (await live.findByIds(model as typeof customerOrders, [id], { asOf, timeoutMs: 5000 })).get(id);
const refusal = (work: Promise<unknown>): Promise<VitrineError> =>
  work.then(
    () => {
      throw new Error("It was not refused.");
    },
    (error: VitrineError) => error,
  );

describe("A document as of a moment", () => {
  test("shows the name that its buyer had then, in old orders too", async () => {
    expect(await read(orderDetails, "1", moment("sold"))).toMatchObject({ buyer: { name: "Ada Smith" } });
    expect(await read(orderDetails, "1", moment("renamed"))).toMatchObject({ buyer: { name: "Eve Smith" } });
  });

  test("has a moved order with the customer that had it then, and only there", async () => {
    const orders = async (id: string, asOf: string) =>
      ((await read(customerOrders, id, asOf))?.orders as { orderId: number }[] | undefined)?.map(
        ({ orderId }) => orderId,
      );
    expect([await orders("1", moment("renamed")), await orders("2", moment("renamed"))]).toEqual([[1], [2]]);
    expect([await orders("1", moment("moved")), await orders("2", moment("moved"))]).toEqual([[1, 2], []]);
  });

  test("is there until it was deleted", async () => {
    expect(await read(orderDetails, "1", moment("moved"))).toMatchObject({ orderId: 1, items: [{}] });
    expect(await read(orderDetails, "1", moment("deleted"))).toBeUndefined();
    expect(await read(orderDetails, "1")).toBeUndefined();
  });

  test("is found by what it held then, in pages and counts and streams", async () => {
    const where = { kind: "compare", field: "firstName", operator: "eq", value: "Ada" } as const;
    const page = { where, orderBy: [], after: null, before: null, limit: 5, fromEnd: false };
    for (const [asOf, found] of [
      [moment("sold"), 1],
      [moment("renamed"), 0],
    ] as const) {
      expect(await live.findPage(customerOrders, page, { asOf })).toHaveLength(found);
      expect(await live.count(customerOrders, where, { asOf })).toBe(found);
      const streamed = [];
      for await (const document of live.stream(customerOrders, where, { asOf })) streamed.push(document);
      expect(streamed).toHaveLength(found);
    }
  });

  test("is added up by the cube with the rows of then", async () => {
    const query = {
      sets: [["state"]],
      measures: ["revenue"],
      where: null,
      having: null,
      orderBy: [],
      limit: 10,
      withTies: false,
    };
    const at = async (asOf: string) =>
      (await live.aggregate(sales, query, { asOf })).map(({ values }) => [values.state, values.revenue]);
    expect(await at(moment("sold"))).toEqual([
      ["CA", "10.00"],
      ["TX", "80.00"],
    ]);
    expect(await at(moment("moved"))).toEqual([["TX", "90.00"]]);
    expect(await at(moment("deleted"))).toEqual([["TX", "10.00"]]);
  });
});

describe("Transactions", () => {
  test("that hold their time are seen whole or not at all: at no moment is half a sale there", async () => {
    const started = await readMoment(db.admin);
    await db.admin.transaction(async (connection) => {
      await holdTime(connection);
      await connection.run("insert into `order` (order_id, customer_id) values (10, 2)");
      // What is committed meanwhile makes moments of its own.
      await db.admin.run("update customer set phone = '2' where customer_id = 1");
      await sleep(20);
      await connection.run("insert into orderline (order_id, product_id, unit_price) values (10, 1, 5)");
      await sleep(20);
      await connection.run("update `order` set subtotal = 5 where order_id = 10");
      await releaseTime(connection);
    });
    const ended = await readMoment(db.admin);
    const seen = new Set<number | undefined>();
    for (let at = Date.parse(started); at <= Date.parse(ended); at++) {
      const document = await read(orderDetails, "10", new Date(at).toISOString());
      seen.add((document?.items as unknown[] | undefined)?.length);
      if (document) expect(document).toMatchObject({ subtotal: "5.00", items: [{ unitPrice: "5.00" }] });
    }
    expect(seen).toEqual(new Set([undefined, 1]));
  });

  test("that do not are seen statement by statement, once they are committed", async () => {
    let between = "";
    await db.admin.transaction(async (connection) => {
      await connection.run("insert into `order` (order_id, customer_id) values (11, 2)");
      between = await readMoment(db.admin);
      await connection.run("insert into orderline (order_id, product_id, unit_price) values (11, 1, 5)");
      expect(await read(orderDetails, "11")).toBeUndefined();
    });
    expect(await read(orderDetails, "11", between)).toMatchObject({ items: [] });
    expect(await read(orderDetails, "11", await readMoment(db.admin))).toMatchObject({ items: [{}] });
  });

  test("that overlap lose no row", async () => {
    await shop.customer("Cleo", { zip: "90001" });
    await shop.customer("Dan", { zip: "90001" });
    let between = "";
    await db.admin.transaction(async (slow) => {
      await slow.run("update customer set last_name = 'Slow' where customer_id = 3");
      await db.admin.run("update customer set last_name = 'Fast' where customer_id = 4");
      between = await readMoment(db.admin);
    });
    const after = await readMoment(db.admin);
    const names = async (asOf: string) =>
      [...(await live.findByIds(customerOrders, ["3", "4"], { asOf })).values()].map((one) => one.lastName);
    expect(await names(between)).toEqual(["Slow", "Fast"]);
    expect(await names(after)).toEqual(["Slow", "Fast"]);
  });

  test("in which a statement failed count", async () => {
    await db.admin.transaction(async (connection) => {
      await connection.run("update customer set last_name = 'Kept' where customer_id = 2");
      const again = "insert into city (zip, city, state) values ('77002', 'Houston', 'TX')";
      await expect(connection.run(again)).rejects.toThrow("Duplicate entry");
    });
    expect(await read(customerOrders, "2", await readMoment(db.admin))).toMatchObject({ lastName: "Kept" });
  });

  test("that were rolled back never were", async () => {
    const before = await read(customerOrders, "2");
    await db.admin
      .transaction(async (connection) => {
        await connection.run("update customer set last_name = 'Never' where customer_id = 2");
        throw new Error("no");
      })
      .catch(() => undefined);
    expect(await read(customerOrders, "2", await readMoment(db.admin))).toEqual(before);
    const { versions } = await live.findVersions(customerOrders, "2", { limit: 100, before: null });
    expect(versions.map(({ document }) => document?.lastName)).not.toContain("Never");
  });

  test("within one millisecond are both there at its end, and the later one wins", async () => {
    for (let name = 0; name < 20; name++)
      await db.admin.run("update customer set last_name = ? where customer_id = 2", [`N${name}`]);
    const [row] = await db.admin.query<{ at: string }>(
      "select cast(row_start as char) as at from customer where customer_id = 2",
    );
    const written = `${row?.at.replace(" ", "T").slice(0, 23)}Z`;
    const next = new Date(Date.parse(written) + 1).toISOString();
    // A change counts from the first millisecond that is not before it.
    const exact = row?.at.endsWith("000") ? written : next;
    // It must not be in the future.
    await sleep(3);
    expect(await read(customerOrders, "2", exact)).toMatchObject({ lastName: "N19" });
    if (exact === next) expect((await read(customerOrders, "2", written))?.lastName).not.toBe("N19");
  });
});

describe("A moment", () => {
  test("before the first version is refused, for documents, pages, counts and cubes", async () => {
    const page = { where: null, orderBy: [], after: null, before: null, limit: 5, fromEnd: false };
    for (const asOf of ["1969-07-20T20:17:40.000Z", "0001-01-01T00:00:00.000Z", moment("empty")]) {
      expect((await refusal(live.findByIds(customerOrders, ["1"], { asOf }))).code).toBe("BEFORE_HISTORY");
      expect((await refusal(live.findPage(customerOrders, page, { asOf }))).code).toBe("BEFORE_HISTORY");
      expect((await refusal(live.count(orderDetails, null, { asOf }))).code).toBe("BEFORE_HISTORY");
    }
  });

  test("that is not a second old is waited for: a transaction takes its time before it can be seen", async () => {
    const now = async () =>
      (await db.admin.query<{ at: string }>("select cast(utc_timestamp(3) as char) as at"))[0]?.at ?? "";
    const asOf = `${(await now()).replace(" ", "T")}Z`;
    await live.count(customerOrders, null, { asOf });
    expect(Date.parse(`${(await now()).replace(" ", "T")}Z`) - Date.parse(asOf)).toBeGreaterThanOrEqual(1000);
  });

  test("in the future is refused", async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    for (const asOf of [soon, "9999-12-31T23:59:59.999Z"])
      expect(await refusal(live.findByIds(customerOrders, ["1"], { asOf }))).toMatchObject({
        code: "BAD_INPUT",
        message: expect.stringContaining("future"),
      });
  });

  test("is refused by the mirror, which keeps the newest state only", async () => {
    const mirror = createMirrorStore(db.mongo);
    const error = await refusal(mirror.findByIds(customerOrders, ["1"], { asOf: moment("sold") }));
    expect(error.code).toBe("BAD_INPUT");
  });
});
