import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { int, list, object, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { buildHarbour } from "../../support/harbour.ts";
import { runVitrine } from "../../support/run-vitrine.ts";
import { readMoment } from "../../support/settle.ts";

let db: TestDatabase;
let folder: string;
beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  await buildHarbour(db.admin);
  folder = mkdtempSync(join(tmpdir(), "vitrine-history-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await db?.close();
});

const read = (file: string) => readFileSync(join(folder, "project", file), "utf8");
const init = (...more: readonly string[]) =>
  runVitrine(db, folder, ["init", "--from", db.mariadbUrl, "--folder", join(folder, "project"), ...more]);

/** Every definition and every row. */
async function describe(): Promise<string> {
  const tables = await db.admin.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = database() order by 1",
  );
  const parts = [];
  for (const { name } of tables) {
    const [definition] = await db.admin.query(`show create table \`${name}\``);
    const [sum] = await db.admin.query(`checksum table \`${name}\` extended`);
    parts.push(JSON.stringify([definition, sum]));
  }
  return parts.join("\n");
}

const voyage = defineModel({
  ...{ name: "voyage_probe", typeName: "Voyage", description: "A voyage.", key: "id" },
  fields: {
    id: int("Number."),
    status: string("How it stands."),
    bookings: list(
      "Booked.",
      object("Booking", "A booking.", { id: int("Number."), containers: int("How many.") }),
    ),
  },
});

test("the tables that were chosen get a past by history.sql, through cascades too, and lose it by history-undo.sql", async () => {
  const refused = await init("--history", "voyages,audit_trail");
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /--history names audit_trail, which no document shows\. It may name: .*voyages/,
    ),
  });
  expect(await init("--history", "voyages,bookings,containers,container_events")).toMatchObject({ code: 0 });
  const before = await describe();
  await db.admin.query(read("history.sql"));
  await db.admin.query(`create view voyage_probe as select voyages.id, status, coalesce((
    select json_arrayagg(json_object('id', bookings.id, 'containers',
      (select count(*) from containers where containers.booking_id = bookings.id)) order by bookings.id)
    from bookings where bookings.voyage_id = voyages.id), json_array()) as bookings from voyages`);
  const live = createLiveStore(db.admin, () => false);
  const find = async (asOf?: string) => (await live.findByIds(voyage, ["4"], { asOf })).get("4");
  const whole = await find();
  expect(whole?.bookings).toHaveLength(5);
  await sleep(20);
  const moment = await readMoment(db.admin);
  await db.admin.query(
    "update voyages set status = 'arrived' where id = 4; delete from voyages where id = 4",
  );
  expect(await find()).toBeUndefined();
  expect(await find(moment)).toEqual(whole);
  await db.admin.query("drop view voyage_probe");
  const afterwards = await describe();
  await db.admin.query(read("history-undo.sql"));
  const undone = await describe();
  expect(undone.match(/VERSIONING/g)).toBeNull();
  expect(afterwards.match(/VERSIONING/g)).toHaveLength(4);
  const definitions = (text: string) => text.replaceAll(/"Checksum":"?\d+"?|AUTO_INCREMENT=\d+ /g, "");
  expect(definitions(undone)).toBe(definitions(before));
});
