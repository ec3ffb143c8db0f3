import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { customerOrders } from "../../../src/domains/pos/models/customer-orders.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import type { MariaDbConnection } from "../../../src/stores/mariadb/mariadb.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let db: TestDatabase | undefined;
afterAll(() => db?.close());

/** Writes one customer's name at moments of the server's clock, which may be set back. */
async function writeNames(
  write: (at: (moment: string) => Promise<void>, connection: MariaDbConnection) => Promise<void>,
) {
  const { admin } = db as TestDatabase;
  await admin.withConnection(async (connection) => {
    const setClock = async (moment: string) => {
      await connection.run("set timestamp = unix_timestamp(?)", [moment]);
    };
    await write(setClock, connection);
    await connection.run("set timestamp = default");
  });
}

const rename = (connection: MariaDbConnection, name: string) =>
  connection.run("update customer set last_name = ? where customer_id = 1", [name]);

async function nameAt(asOf: string): Promise<unknown> {
  const { reader } = db as TestDatabase;
  const store = createLiveStore(reader);
  const found = await store.findByIds(customerOrders, ["1"], { asOf });
  // A row that is there twice would make the document invalid, or two of the count.
  expect(await store.count(customerOrders, null, { asOf })).toBe(found.size);
  return found.get("1")?.lastName;
}

async function versions() {
  const { reader } = db as TestDatabase;
  const store = createLiveStore(reader);
  const page = await store.findVersions(customerOrders, "1", { limit: 50, before: null });
  return page.versions.map(({ document, validFrom }) => [document?.lastName ?? null, validFrom]);
}

beforeEach(async () => {
  await db?.close();
  db = await openTestDatabase();
  const { admin } = db;
  await admin.withConnection(async (connection) => {
    await connection.run("set timestamp = unix_timestamp('2026-01-01 10:00:00')");
    await connection.run("insert into city (zip, city, state) values ('77002', 'Houston', 'TX')");
    await connection.run(
      "insert into customer (customer_id, first_name, last_name, address1, zip) values (1, 'Ada', 'First', '1 Elm', '77002')",
    );
    await connection.run("set timestamp = default");
  });
});

describe("Two changes of a row at one microsecond", () => {
  test("are one: the last of them counts, and the one before was never seen", async () => {
    await writeNames(async (setClock, connection) => {
      await setClock("2026-01-01 11:00:00.000001");
      await rename(connection, "Passing");
      await rename(connection, "Second");
    });
    expect(await nameAt("2026-01-01T11:00:00.000Z")).toBe("First");
    expect(await nameAt("2026-01-01T11:00:00.001Z")).toBe("Second");
    expect(await versions()).toEqual([
      ["Second", "2026-01-01T11:00:00.001Z"],
      ["First", "2026-01-01T10:00:00.000Z"],
    ]);
  });

  test("may take it away and bring it back", async () => {
    await writeNames(async (setClock, connection) => {
      await setClock("2026-01-01 11:00:00");
      const insert =
        "insert into customer (customer_id, first_name, last_name, address1, zip) values (1, 'Ada', ?, '1 Elm', '77002')";
      for (const name of ["Again", "Third"]) {
        await connection.run("delete from customer where customer_id = 1");
        await connection.run(insert, [name]);
      }
    });
    expect(await nameAt("2026-01-01T10:59:59.999Z")).toBe("First");
    expect(await nameAt("2026-01-01T11:00:00.000Z")).toBe("Third");
    expect((await versions()).map(([name]) => name)).toEqual(["Third", "First"]);
  });
});

describe("A clock that is set back", () => {
  test("leaves each row once at every moment: what was written last under it counts from then on", async () => {
    await writeNames(async (setClock, connection) => {
      await setClock("2026-01-01 12:00:00");
      await rename(connection, "Noon");
      await setClock("2026-01-01 11:00:00");
      await rename(connection, "Eleven");
    });
    expect(await nameAt("2026-01-01T10:30:00.000Z")).toBe("First");
    expect(await nameAt("2026-01-01T11:30:00.000Z")).toBe("Eleven");
    expect(await nameAt("2026-01-01T12:30:00.000Z")).toBe("Eleven");
    expect(await versions()).toEqual([
      ["Eleven", "2026-01-01T11:00:00.000Z"],
      ["First", "2026-01-01T10:00:00.000Z"],
    ]);
  });

  test("leaves one that was deleted under it gone", async () => {
    await writeNames(async (setClock, connection) => {
      await setClock("2026-01-01 12:00:00");
      await rename(connection, "Noon");
      await setClock("2026-01-01 11:00:00");
      await connection.run("delete from customer where customer_id = 1");
    });
    expect(await nameAt("2026-01-01T12:30:00.000Z")).toBeUndefined();
    expect((await versions())[0]?.[0]).toBeNull();
  });
});

test("A change that waited for one that began after it leaves the row once, and its own name", async () => {
  const { admin } = db as TestDatabase;
  let waiting: Promise<unknown> | undefined;
  await admin.transaction(async (first) => {
    await rename(first, "Held");
    waiting = admin.run("update customer set last_name = 'Waited' where customer_id = 1");
    // InnoDB refreshes this table only when nobody has read it for 100 ms.
    const waits = () => admin.query("select 1 from information_schema.innodb_lock_waits");
    await expect
      .poll(async () => (await waits()).length, { interval: 250, timeout: 20_000 })
      .toBeGreaterThan(0);
    await rename(first, "Later");
  });
  await waiting;
  await new Promise((resolve) => setTimeout(resolve, 3));
  const now = new Date().toISOString();
  expect(await nameAt(now)).toBe("Waited");
  const all = (await versions()).map(([name]) => name);
  expect(all[0]).toBe("Waited");
  expect(new Set(all).size).toBe(all.length);
});
