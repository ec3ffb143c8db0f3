import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { withSnapshots } from "../../../src/mirror/snapshots.ts";
import { verifyModel } from "../../../src/mirror/verify/verify.ts";
import { takeToken } from "../../../src/stores/mariadb/take-token.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { gardenContents } from "../../support/garden/mirror-garden.ts";
import { bedGardeners } from "../../support/garden/models.ts";
import { plantGarden } from "../../support/garden/plant-garden.ts";
import { mirrorEverything } from "../../support/mirror-everything.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await openTestDatabase(gardenContents);
  await plantGarden(db.admin);
  await mirrorEverything(db);
  // What a cluster answers to one of two nodes that write a position at once. Aria keeps the count when it is undone.
  await db.admin.query(`create table conflict (left_over int not null) engine = Aria;
    insert into conflict values (0);
    create trigger position_conflict before update on vitrine_position for each row begin
      declare v_left int default (select left_over from conflict);
      if v_left > 0 then
        update conflict set left_over = v_left - 1;
        signal sqlstate '40001' set mysql_errno = 1213, message_text = 'Deadlock found';
      end if;
    end`);
});
afterAll(() => db?.close());

const conflict = (times: number) => db.admin.run("update conflict set left_over = ?", [times]);
const conflictsLeft = async () =>
  Number((await db.admin.query<{ n: string }>("select left_over as n from conflict"))[0]?.n);

beforeEach(() => conflict(3));

test("a snapshot whose position another node took is opened with the next, and holds no lock in between", async () => {
  const positions = await withSnapshots(db.admin, async (snapshots) => {
    const taken: bigint[] = [];
    for (let turn = 0; turn < 2; turn++) {
      const snapshot = await snapshots.open();
      taken.push(snapshot.position.n);
      // Nobody waits for a position that is taken.
      await db.admin.run(
        "set statement innodb_lock_wait_timeout = 1 for update vitrine_position set wanted = wanted",
      );
      await snapshot.release();
      await conflict(turn === 0 ? 3 : 0);
    }
    return taken;
  });
  expect(positions[1]).toBeGreaterThan(positions[0] ?? 0n);
});

test("a token is given after a conflict", async () => {
  expect(await takeToken(db.writer)).toMatch(/^[\w-]+$/);
  expect(await conflictsLeft()).toBe(0);
});

test("verification goes on after a conflict", async () => {
  const report = await verifyModel({
    db: db.admin,
    mongo: db.mongo,
    model: bedGardeners,
    deep: true,
    signal: new AbortController().signal,
  });
  expect(await conflictsLeft()).toBe(0);
  expect(report.defects).toEqual([]);
  expect(report.checked).toBeGreaterThan(0);
});

test("what conflicts for ever is told", async () => {
  await conflict(1000);
  await expect(takeToken(db.writer)).rejects.toMatchObject({ errno: 1213 });
  await expect(withSnapshots(db.admin, (snapshots) => snapshots.open())).rejects.toMatchObject({
    errno: 1213,
  });
});
