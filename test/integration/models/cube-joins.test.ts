import { afterAll, beforeAll, expect, test } from "vitest";
import { describeNeedlessJoin, findNeedlessJoins } from "../../../src/migrations/check-cube-joins.ts";
import { count, defineCube } from "../../../src/models/cube.ts";
import { int, string } from "../../../src/models/field.ts";
import project from "../../../vitrine.config.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
  await database.admin.query(`
    create table shelf (shelf_id int not null primary key, room varchar(10) not null);
    create table box (box_id int not null primary key, shelf_id int not null, colour varchar(10) not null);
    create table ball (ball_id int not null primary key, box_id int not null, size int not null)`);
});
afterAll(() => database?.close());

test("a question over one dimension of a cube names the table of no other", async () => {
  const models = project.domains.flatMap((domain) => domain.models);
  expect(await findNeedlessJoins(database.admin, models)).toEqual([]);
});

const balls = defineCube({
  name: "ball_fact",
  typeName: "BallFact",
  description: "Balls in boxes on shelves.",
  key: "ballId",
  fields: {
    ballId: int("Number."),
    size: int("Size.", { filter: true }),
    colour: string("Colour of the box.", { filter: true }),
    room: string("Room of the shelf.", { filter: true }),
  },
  dimensions: ["size", "colour", "room"],
  measures: { balls: count("Balls.") },
});

const define = (joins: string) =>
  database.admin.run(
    `create or replace sql security invoker view ball_fact as
    select ball_id, size, colour, room from ball ${joins}`,
  );

test("left joins within each other on unique keys are left out, each with those that it alone leads to", async () => {
  await define(
    `left join (box left join shelf on shelf.shelf_id = box.shelf_id) on box.box_id = ball.box_id`,
  );
  expect(await findNeedlessJoins(database.admin, [balls])).toEqual([]);
});

test("left joins one after the other are not, where one leads to the next", async () => {
  await define(`left join box on box.box_id = ball.box_id left join shelf on shelf.shelf_id = box.shelf_id`);
  expect(await findNeedlessJoins(database.admin, [balls])).toEqual([
    { cube: "ball_fact", dimension: "size", tables: ["box"] },
  ]);
});

test("a left join on a key that is not unique is told of, for its rows may be several", async () => {
  await define("left join shelf on shelf.shelf_id = ball.size left join box on box.shelf_id = ball.box_id");
  expect(await findNeedlessJoins(database.admin, [balls])).toEqual([
    { cube: "ball_fact", dimension: "size", tables: ["box"] },
    { cube: "ball_fact", dimension: "room", tables: ["box"] },
  ]);
});

test("an inner join is told of: every question reads it", async () => {
  await define("join box on box.box_id = ball.box_id left join shelf on shelf.shelf_id = box.shelf_id");
  const found = await findNeedlessJoins(database.admin, [balls]);
  expect(found).toEqual([{ cube: "ball_fact", dimension: null, tables: ["box"] }]);
  expect(found.map(describeNeedlessJoin)).toEqual([
    "Costly: every question about ball_fact reads box, for it decides which facts there are. Where each fact has one row of it, left-join it on a unique key.",
  ]);
});
