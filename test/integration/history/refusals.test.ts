import { afterAll, beforeAll, expect, test } from "vitest";
import { examineHistory } from "../../../src/commands/examine-history.ts";
import { int } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { rolesOf } from "../../../src/stores/mariadb/roles.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { readMoment } from "../../support/settle.ts";
import { prepareShop } from "../../support/shop-operations.ts";

let db: TestDatabase;
let moment: string;
beforeAll(async () => {
  db = await openTestDatabase();
  await prepareShop(db.admin);
  moment = await readMoment(db.admin);
  await db.admin.query(`
    create table plain_table (plain_id int primary key);
    create table half_table (half_id int primary key, kept int, lost int without system versioning,
      row_start timestamp(6) generated always as row start invisible,
      row_end timestamp(6) generated always as row end invisible,
      period for system_time (row_start, row_end)) with system versioning;
    create view of_half as select half_id as id, lost from half_table;
    create function newest_order() returns int reads sql data return (select max(order_id) from \`order\`);
    create table old_table (old_id int primary key,
      row_start bigint unsigned generated always as row start invisible,
      row_end bigint unsigned generated always as row end invisible,
      period for system_time (row_start, row_end)) with system versioning;
    create view of_old as select old_id as id from old_table;
    create view of_plain as select plain_id as id from plain_table;
    create view of_function as select newest_order() as id;
    create view of_mysql as select city.zip as id
      from city join mysql.time_zone as zone on zone.time_zone_id = 1;
    grant select on mysql.time_zone to ${rolesOf(db.admin.database).reader};
    create view of_trap as select extract(day from placed.date_placed) * 0 + placed.order_id as id
      from \`order\` as placed where 'from \`mysql\`.\`user\`' <> ''`);
  await db.admin.query(`grant execute on function newest_order to ${rolesOf(db.admin.database).reader}`);
});
afterAll(() => db?.close());

const model = (name: string): DocumentModel =>
  defineModel({
    name,
    typeName: "Probe",
    description: "A view that is asked as of a moment.",
    key: "id",
    fields: { id: int("Number.") },
  });

test("doctor lists the models that have no past, why, and the statement that gives them one", async () => {
  const names = ["of_plain", "of_old", "of_half", "of_function", "of_mysql", "of_trap"];
  const [, found] = await examineHistory(db.admin, names.map(model));
  expect(found).toMatchObject({ name: "models without a past", ok: true });
  const { detail = "" } = found ?? {};
  for (const part of [
    "of_plain (plain_table)",
    "of_old (old_table)",
    "of_half (asOf: of_half cannot be read as of a moment: its table half_table keeps no history of lost.)",
    "newest_order, which may read tables as they are now",
    "the database mysql",
  ])
    expect(detail).toContain(part);
  expect(detail).not.toContain("of_trap");
  expect(detail).toMatch(
    /from then on: alter table `old_table` add system versioning; alter table `plain_table` add system versioning;$/,
  );
  await db.admin.query(
    "create table late_table (late_id int primary key); create view of_late as select late_id as id from late_table",
  );
  const late = () => examineHistory(db.admin, [model("of_late")]);
  const [statement = ""] = /alter table.*;/.exec((await late())[1]?.detail ?? "") ?? [];
  await db.admin.query(statement);
  expect(await late()).toHaveLength(1);
});

test.each([
  ["of_plain", "plain_table keeps no history"],
  ["of_old", "old_table keeps no history by time"],
  ["of_half", "half_table keeps no history of lost"],
  ["of_function", "newest_order, which may read tables as they are now"],
  ["of_mysql", "the database mysql"],
])("%s is refused by name, not answered with the rows of now", async (name, reason) => {
  await expect(createLiveStore(db.reader).count(model(name), null, { asOf: moment })).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: expect.stringContaining(reason),
  });
});

test("texts and functions that only look like tables are taken as what they are", async () => {
  const store = createLiveStore(db.reader);
  await db.admin.run("insert into `order` (order_id, customer_id) values (50, 1)");
  expect(await store.count(model("of_trap"), null, { asOf: moment })).toBe(
    (await store.count(model("of_trap"), null)) - 1,
  );
});
