import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { watchCapture } from "../../../src/app/watch-capture.ts";
import { noteFingerprint } from "../../../src/core/capture-notes.ts";
import { readTriggerFingerprint } from "../../../src/migrations/check-capture-triggers.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const loader = () => watchCapture({ ...db, project: { ...db.project, sqlDir: db.sqlDir } });
/** A look, and what the guard does after it: it asks for a rebuild, then says so. */
const settle = async (look: ReturnType<typeof watchCapture>) => {
  const { problem, acknowledge, outdated } = await look();
  await outdated?.note(db.loader);
  await acknowledge?.();
  return problem;
};
/** As a tool for schemas does: without a trace in the log of migrations. Each time at another second. */
const makeAnew = async (trigger: string, at = nextSecond()) => {
  const [row] = await db.admin.query<{ "SQL Original Statement": string }>(`show create trigger ${trigger}`);
  await db.admin.withConnection(async (connection) => {
    await connection.query(`set timestamp = ${at}; drop trigger ${trigger}`);
    await connection.query(row?.["SQL Original Statement"] ?? "");
    await connection.query("set timestamp = default");
  });
};
const nextSecond = () => {
  second += 1;
  return second;
};
let second = 1_000_000_000;

test("a trigger that was dropped and made again between two looks is told, once", async () => {
  const look = loader();
  expect(await settle(look)).toBeNull();
  await makeAnew("customer_after_update_capture");
  expect(await settle(look)).toMatch(/made anew/);
  expect(await settle(look)).toBeNull();
});

test("a trigger that was dropped and made again while no loader ran is told to the next one, once", async () => {
  expect(await settle(loader())).toBeNull();
  await makeAnew("customer_after_update_capture");
  expect(await settle(loader())).toMatch(/made anew/);
  expect(await settle(loader())).toBeNull();
});

test("a trigger of the shop's own is no loss, unless it may log changes by a routine", async () => {
  const look = loader();
  expect(await settle(look)).toBeNull();
  const head = "create trigger theirs after update on customer for each row";
  await db.admin.query(`${head} set @seen = concat('vitrines ', new.customer_id)`);
  expect(await settle(look)).toBeNull();
  await db.admin.query("drop trigger theirs");
  expect(await settle(look)).toBeNull();
  await db.admin.query("create procedure `log (it)`() modifies sql data do 0");
  await db.admin.query(`${head} call \`log (it)\`()`);
  expect(await settle(look)).toMatch(/made anew/);
  await db.admin.query("drop trigger theirs; drop procedure `log (it)`");
  expect(await settle(look)).toMatch(/made anew/);
});

test("a trigger looks the same on every node of a cluster, of which one alone keeps the fraction of the second", async () => {
  await makeAnew("customer_after_update_capture", nextSecond() + 0.45);
  const here = await readTriggerFingerprint(db.loader);
  await makeAnew("customer_after_update_capture", second);
  expect(await readTriggerFingerprint(db.loader)).toBe(here);
  await makeAnew("customer_after_update_capture");
  expect(await readTriggerFingerprint(db.loader)).not.toBe(here);
  expect(await settle(loader())).toMatch(/made anew/);
});

test("a table that is being altered is waited for: its triggers are not taken for lost", async () => {
  await db.admin.query(`
    create table parent (parent_id int primary key) engine = InnoDB;
    create table child (child_id int primary key, parent_id int not null references parent (parent_id), note text)
      engine = InnoDB;
    insert into parent values (1);
    insert into child values (1, 1, 'a');
    create trigger parent_after_insert after insert on parent for each row set @vitrine_seen = 1`);
  const stateOf = async (statement: string) => {
    const [row] = await db.admin.query<{ state: string }>(
      "select state from information_schema.processlist where info = ?",
      [statement],
    );
    return row?.state ?? "";
  };
  expect(await settle(loader())).toMatch(/made anew/);
  const rebuild = "alter table parent force";
  let rebuilt: Promise<unknown> = Promise.resolve();
  let look: ReturnType<typeof settle> = Promise.resolve(null);
  await db.admin.transaction(async (shop) => {
    await shop.run("update child set note = 'b' where child_id = 1");
    rebuilt = db.admin.query(rebuild);
    // It has the definition for itself, and waits for the child.
    await vi.waitFor(async () => expect(await stateOf(rebuild)).toMatch(/Committing/), { timeout: 5000 });
    look = settle(loader());
    await sleep(300);
  });
  expect(await look).toBeNull();
  await rebuilt;
  expect(await settle(loader())).toBeNull();
});

test("a trigger that does not log any more is told as long as it does not", async () => {
  expect(await settle(loader())).toBeNull();
  const [row] = await db.admin.query<{ "SQL Original Statement": string }>(
    "show create trigger customer_after_update_capture",
  );
  await db.admin.query(
    "create or replace trigger customer_after_update_capture after update on customer for each row set @log = 'insert into vitrine_change_customer'",
  );
  expect(await settle(loader())).toMatch(/does not log/);
  expect(await settle(loader())).toMatch(/does not log/);
  await db.admin.query("drop trigger customer_after_update_capture");
  await db.admin.query(row?.["SQL Original Statement"] ?? "");
  expect(await settle(loader())).toMatch(/made anew/);
  expect(await settle(loader())).toBeNull();
});

test("a view that is replaced while somebody migrates is for that run to tell, a table is not waited with", async () => {
  const anew = async (view: string, from: string, to: string) => {
    const [row] = await db.admin.query<{ text: string }>(
      "select view_definition as text from information_schema.views where table_schema = database() and table_name = ?",
      [view],
    );
    expect(row?.text).toContain(from);
    await db.admin.query(
      `create or replace sql security invoker view ${view} as ${row?.text.replace(from, to)}`,
    );
  };
  await db.admin.query(
    `insert into vitrine_state (model, shape_hash) values ('order_checks', 'x'), ('product_price_history', 'x');
    insert into vitrine_lease (lease_name, holder, expires_at) values ('migrate', 'x', utc_timestamp(3) + interval 1 hour)`,
  );
  const outdated = async () => {
    const { outdated: found, acknowledge } = await loader()();
    await found?.note(db.loader);
    await acknowledge?.();
    return found?.models;
  };
  expect(await outdated()).toEqual([]);
  await anew("order_checks", "max(", "min(");
  await db.admin.query("optimize table price_history");
  expect(await outdated()).toEqual(["product_price_history"]);
  await db.admin.query("delete from vitrine_lease");
  expect(await outdated()).toEqual(["order_checks"]);
  await anew("order_checks", "min(", "max(");
  expect(await outdated()).toEqual(["order_checks"]);
});

test("it is told again when no rebuild could be asked for", async () => {
  expect(await settle(loader())).toBeNull();
  await makeAnew("customer_after_update_capture");
  const look = loader();
  expect((await look()).problem).toMatch(/made anew/);
  expect((await look()).problem).toMatch(/made anew/);
});

test("migrate up that replaces a trigger in one step asks for no rebuild, unless capture was lost before", async () => {
  const migrate = () => migrateUp({ admin: db.admin, sqlDir: db.sqlDir, domains: db.project.domains });
  expect(await settle(loader())).toMatch(/made anew/);
  await db.admin.run(
    "update vitrine_migration set hash = 'older' where name = 'triggers/pos/customer_after_update.sql'",
  );
  expect((await migrate()).map((step) => step.name)).toEqual(["triggers/pos/customer_after_update.sql"]);
  expect(await settle(loader())).toBeNull();
  await makeAnew("customer_after_update_capture");
  await db.admin.run(
    "update vitrine_migration set hash = 'older' where name = 'triggers/pos/customer_after_update.sql'",
  );
  await migrate();
  expect(await settle(loader())).toMatch(/made anew/);
});

test("a trigger that was missing at the very first look is told once more when it is back", async () => {
  const [row] = await db.admin.query<{ "SQL Original Statement": string }>(
    "show create trigger customer_after_update_capture",
  );
  await db.admin.run("delete from vitrine_capture");
  await db.admin.query("drop trigger customer_after_update_capture");
  expect(await settle(loader())).toMatch(/is missing/);
  // The rebuild that was asked for may have read a row that is written now.
  await db.admin.query(row?.["SQL Original Statement"] ?? "");
  expect(await settle(loader())).toMatch(/made anew/);
  expect(await settle(loader())).toBeNull();
});

test("migrate up that adds a trigger has the rows rebuilt that were written before it", async () => {
  const file = "triggers/pos/customer_after_update_capture.sql";
  await db.admin.query("drop trigger customer_after_update_capture");
  await db.admin.run("update vitrine_migration set hash = '', fingerprint = null where name = ?", [file]);
  await noteFingerprint(db.admin, await readTriggerFingerprint(db.admin));
  const steps = await migrateUp({ admin: db.admin, sqlDir: db.sqlDir, domains: db.project.domains });
  expect(steps.map((step) => step.name)).toEqual([file]);
  expect(await settle(loader())).toMatch(/made anew/);
});

test("migrate up whose own file takes a trigger away does not note capture as whole", async () => {
  expect(await settle(loader())).toBeNull();
  const sqlDir = await mkdtemp(join(tmpdir(), "vitrine-capture-"));
  try {
    await cp(db.sqlDir, sqlDir, { recursive: true });
    const file = join(sqlDir, "migrations/pos/9999-lose-a-trigger.sql");
    await writeFile(file, "drop trigger customer_after_delete_capture;\n");
    await migrateUp({ admin: db.admin, sqlDir, domains: db.project.domains });
  } finally {
    await rm(sqlDir, { recursive: true });
  }
  expect(await settle(loader())).toMatch(/customer_after_delete_capture is missing/);
});

test("a trigger that is missing is told as long as it is", async () => {
  await db.admin.query("drop trigger customer_after_update_capture");
  expect(await settle(loader())).toMatch(/customer_after_update_capture is missing/);
  expect(await settle(loader())).toMatch(/customer_after_update_capture is missing/);
});
