import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateCascadeTriggers } from "../../../src/migrations/cascade-triggers.ts";
import { checkCascades } from "../../../src/migrations/check-cascades.ts";
import { readForeignKeys } from "../../../src/migrations/foreign-keys.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";
import everything from "../../../vitrine.config.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { type MirrorShop, openMirrorShop } from "../../support/mirror-shop.ts";
import { runVitrine } from "../../support/run-vitrine.ts";

/** A house of rooms with lamps in them, which keep a note of the wall they hang on. */
const tables = `
create table house (house_id int primary key, number int not null unique);
create table room (
    room_id int primary key,
    house_id int null,
    number int null,
    constraint room_house_id_fk foreign key (house_id) references house (house_id) on delete cascade,
    constraint room_number_fk foreign key (number) references house (number) on update cascade
);
create table lamp (
    lamp_id int primary key,
    room_id int null,
    number int null,
    wall_id int null,
    constraint lamp_room_id_fk foreign key (room_id) references room (room_id) on delete set null,
    constraint lamp_number_fk foreign key (number) references room (number) on update set null
);
create table wall (wall_id int primary key);
alter table lamp add constraint lamp_wall_id_fk foreign key (wall_id) references wall (wall_id)`;

const projectOf = (...captured: readonly string[]) =>
  defineProject({
    sql: "sql",
    domains: [
      defineDomain({
        name: "home",
        description: "A home.",
        models: [],
        captured: captured.map((table) => ({ table })),
      }),
    ],
  });

describe("the check of foreign keys", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await openTestDatabase({ project: projectOf(), migrate: false });
    await db.admin.query(tables);
    for (const table of ["house", "room"])
      await db.admin.query(`create table vitrine_change_${table} (id int)`);
  });
  afterAll(() => db?.close());

  const found = async (...captured: readonly string[]) =>
    (await checkCascades(db.admin, projectOf(...captured))).map(
      ({ parent, event, child, constraints }) =>
        `${event} ${parent} changes ${child} by ${constraints.join(", ")}`,
    );
  const log = (child: string) => `insert into vitrine_change_${child} values (old.house_id)`;
  const withTrigger = async (head: string, body: string, look: () => Promise<readonly string[]>) => {
    await db.admin.query(`create trigger tried ${head} for each row ${body}`);
    const seen = await look();
    await db.admin.query("drop trigger tried");
    return seen;
  };

  test("finds each cascade that changes a captured table, and no other", async () => {
    expect(await found("house", "wall")).toEqual([]);
    expect(await found("room")).toEqual([
      "delete house changes room by room_house_id_fk",
      "update house changes room by room_number_fk",
    ]);
  });

  test("follows cascades through tables in between, whose triggers do not fire either", async () => {
    expect(await found("lamp")).toEqual([
      "delete house changes lamp by room_house_id_fk, lamp_room_id_fk",
      "delete room changes lamp by lamp_room_id_fk",
      "update house changes lamp by room_number_fk, lamp_number_fk",
      "update room changes lamp by lamp_number_fk",
    ]);
  });

  test("is silent about a foreign key once a trigger logs for it, itself or by a procedure", async () => {
    const rest = ["update house changes room by room_number_fk"];
    const look = () => found("room");
    expect(await withTrigger("before delete on house", log("room"), look)).toEqual(rest);
    const here = db.admin.database;
    await db.admin.query(
      `create procedure note_it(in id int) insert into ${here}.vitrine_change_room values (1)`,
    );
    await db.admin.query(`create procedure note_rooms(in id int) call ${here}.note_it(id)`);
    expect(await withTrigger("before delete on house", "call note_rooms(old.house_id)", look)).toEqual(rest);
  });

  test("takes no trigger for one that logs when it comes too late, is another's, or names other rows", async () => {
    const all = await found("room");
    const look = () => found("room");
    for (const [head, body] of [
      ["after delete on house", log("room")],
      ["before insert on house", "insert into vitrine_change_room values (1)"],
      ["before delete on wall", "insert into vitrine_change_room values (1)"],
      ["before delete on house", log("house")],
      ["before delete on house", `begin /* ${log("room")} */ do 'vitrine_change_room'; end`],
    ] as const)
      expect(await withTrigger(head, body, look), head).toEqual(all);
  });

  test("names deletions that come back to a table through others, which are not generated but refused", async () => {
    await db.admin.query(
      `create table ship (id int primary key, captain int null);
      create table sailor (id int primary key, ship int null,
        constraint sailor_ship_fk foreign key (ship) references ship (id) on delete cascade);
      alter table ship add constraint ship_captain_fk
        foreign key (captain) references sailor (id) on delete cascade`,
    );
    const message =
      "Foreign keys sailor_ship_fk, ship_captain_fk: who deletes a row of ship changes rows of sailor on ways that no trigger can be generated for: deleted rows of ship take others of it along through other tables. Let one of these foreign keys restrict, or write a trigger before delete on ship that logs the keys of all those rows of sailor (docs/how-to/add-a-model.md).";
    const check = () => checkCascades(db.admin, projectOf("sailor"));
    expect((await check()).map((problem) => `${problem.event} ${problem.parent}`)).toEqual([
      "delete sailor",
      "delete ship",
    ]);
    expect((await check())[1]?.message).toBe(message);
    const foreignKeys = await readForeignKeys(db.admin);
    const domain = { name: "home", captured: [{ table: "sailor" }] };
    await expect(generateCascadeTriggers(db.admin, domain, { foreignKeys, files: [] })).rejects.toThrow(
      "Let one of these foreign keys restrict, or write a trigger before delete on",
    );
    // What was generated once logs some of them; a trigger of somebody's own is taken at its word.
    await db.admin.query("create table vitrine_change_sailor (id int)");
    const log = "before delete on ship for each row insert into vitrine_change_sailor values (old.id)";
    await db.admin.query(`create trigger ship_before_delete_cascade_home ${log}`);
    expect(await check()).toHaveLength(2);
    await db.admin.query(`create trigger ship_sails ${log}`);
    expect((await check()).map(({ parent }) => parent)).toEqual(["sailor"]);
  });

  test("generates beside a trigger of somebody's own, which may log one way of several, and never over it", async () => {
    const generate = async (...own: readonly string[]) => {
      const foreignKeys = await readForeignKeys(db.admin);
      const files = own.map((object) => ({
        ...({ kind: "trigger", domain: "home", object, uses: new Set<string>() } as const),
        name: `triggers/home/${object}.sql`,
        text: `create trigger ${object} before delete on house for each row ${log("room")}`,
      }));
      const domain = { name: "home", captured: [{ table: "room" }] };
      const made = await generateCascadeTriggers(db.admin, domain, { foreignKeys, files });
      return made.map(({ file }) => file);
    };
    const all = [
      "triggers/home/house_before_delete_cascade_home.sql",
      "triggers/home/house_before_update_cascade_home.sql",
    ];
    expect(await generate()).toEqual(all);
    expect(await generate("house_goes")).toEqual(all);
    await expect(generate("house_before_delete_cascade_home")).rejects.toThrow(
      "triggers/home/house_before_delete_cascade_home.sql was written by hand: give its trigger another name, for one of this name is generated.",
    );
  });

  test("says what is lost, and the remedy", async () => {
    const [problem] = await checkCascades(db.admin, projectOf("room"));
    expect(problem?.message).toBe(
      "Foreign key room_house_id_fk: who deletes a row of house changes rows of room, and no trigger of room fires, so the mirror misses it. Run `vitrine triggers generate`, which writes a trigger before delete on house that logs their keys, or let the foreign key restrict (docs/how-to/add-a-model.md).",
    );
  });
});

describe("a cascade in the shop", () => {
  let shop: MirrorShop;
  beforeAll(async () => {
    shop = await openMirrorShop(everything);
    await shop.mirror();
    await shop.admin.query(
      `set statement system_versioning_alter_history = keep for
      alter table orderline drop foreign key orderline_order_id_fk,
        add constraint orderline_cascade_fk foreign key (order_id) references \`order\` (order_id)
        on delete cascade`,
    );
  });
  afterAll(() => shop?.close());

  const doctor = async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "vitrine-cascade-"));
    try {
      const { stdout } = await runVitrine(shop, dataDir, ["doctor"]);
      return stdout.split("\n").filter((line) => line.includes("foreign keys"));
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  };

  test("leaves the mirror wrong, of which doctor warns", async () => {
    await shop.db.run("delete from `order` where order_id = 1");
    await shop.mirror();
    expect(await shop.defects()).toEqual(expect.arrayContaining(["product_buyers 1 differs"]));
    expect(await doctor()).toEqual([
      expect.stringMatching(
        /^PROBLEM {2}foreign keys: Foreign key orderline_cascade_fk: .* before delete on order/,
      ),
    ]);
  });

  test("is followed into the mirror once a trigger logs it, and doctor is content", async () => {
    await shop.admin.query(
      `create trigger order_before_delete_cascade before delete on \`order\` for each row
      for line in (select product_id from orderline where order_id = old.order_id) do
        insert into vitrine_change_orderline (order_id, product_id) values
        (old.order_id, line.product_id);
      end for`,
    );
    await shop.createLoader().rebuild(shop.models, new AbortController().signal);
    expect(await shop.defects()).toEqual([]);
    await shop.db.run("delete from `order` where order_id = 4");
    await shop.mirror();
    expect(await shop.defects()).toEqual([]);
    expect(await shop.disagreements()).toEqual([]);
    expect(await doctor()).toEqual([expect.stringMatching(/^ok {7}foreign keys: /)]);
  });
});
