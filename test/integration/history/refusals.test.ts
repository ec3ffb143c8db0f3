import { afterAll, beforeAll, expect, test } from "vitest";
import { int } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
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
    grant select on mysql.time_zone to vitrine_reader_role;
    create view of_trap as select extract(day from placed.date_placed) * 0 + placed.order_id as id
      from \`order\` as placed where 'from \`mysql\`.\`user\`' <> ''`);
  await db.admin.query(`grant execute on function newest_order to vitrine_reader_role`);
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
