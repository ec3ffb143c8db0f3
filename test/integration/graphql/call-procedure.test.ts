import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readToken } from "../../../src/freshness/write-token.ts";
import { dateTime, decimal, int, link, list, object, string } from "../../../src/models/field.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";
import { defineProject } from "../../../src/models/project.ts";
import { createProcedureCaller, type ProcedureCaller } from "../../../src/stores/mariadb/call-procedure.ts";
import { verifyProcedures } from "../../../src/stores/mariadb/procedure-parameters.ts";
import { rolesOf } from "../../../src/stores/mariadb/roles.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";

const buyTea = defineProcedure({
  name: "buy_tea",
  description: "Buys tea.",
  kind: "mutation",
  arguments: {
    teaId: int("Tea."),
    price: decimal("Price.", 2),
    at: dateTime("When.", { nullable: true }),
    lines: list("Lines.", object("TeaLine", "A line.", { leaf: string("Leaf.") })),
  },
  result: {
    total: decimal("Total.", 2),
    seenAt: dateTime("When.", { nullable: true }),
    tea: link("tea", { key: "teaId" }),
  },
});
const countTea = defineProcedure({
  name: "count_tea",
  description: "Counts tea.",
  kind: "query",
  arguments: {},
  result: { total: decimal("Total.", 2, { nullable: true }), howMany: int("How many.") },
});

let database: TestDatabase;
let caller: ProcedureCaller;
const signal = new AbortController().signal;
const buy = (teaId: number | null, price: string) =>
  caller.call(buyTea, { teaId, price, at: null, lines: [] }, signal);
const stock = async () => (await caller.call(countTea, {}, signal)).values;

beforeAll(async () => {
  database = await openTestDatabase({ project: defineProject({ sql: "sql", domains: [] }) });
  const { admin } = database;
  await admin.query(
    "create table tea (tea_id int primary key, price decimal(10, 2) not null, at datetime(3) null)",
  );
  await admin.query(`
    create procedure buy_tea(
        in_tea_id int, in_price decimal(10, 2), in_at datetime(3), in_lines json,
        out out_total decimal(12, 2), out out_seen_at datetime(3))
    modifies sql data
    begin
        insert into tea values (in_tea_id, in_price, in_at);
        if in_price > 100 then
            signal sqlstate '45000' set mysql_errno = 31001, message_text = 'Too dear.';
        end if;
        if in_price = 66 then do sleep(30); end if;
        set out_total = in_price * json_length(in_lines), out_seen_at = in_at;
    end`);
  await admin.query(`
    create procedure count_tea() reads sql data
    select sum(price) as total, count(*) as how_many from tea`);
  await admin.query(
    `grant execute on procedure buy_tea to ${rolesOf(database.admin.database).writer}; grant execute on procedure count_tea to ${rolesOf(database.admin.database).writer}`,
  );
  caller = createProcedureCaller(database.writer, { 31001: { code: "TOO_DEAR", description: "Too dear." } });
});
afterAll(() => database?.close());

describe("A procedure", () => {
  test("gives exact values back, and a token that names a position after the commit", async () => {
    const lines = [{ leaf: "black" }, { leaf: "grün" }];
    const moment = "2024-02-29T13:45:00.120Z";
    const answer = await caller.call(buyTea, { teaId: 1, price: "12.55", at: moment, lines }, signal);
    expect(answer.values).toEqual({ total: "25.10", seenAt: moment });
    const [position] = await database.admin.query<{ n: number; wanted: number }>(
      "select n, wanted from vitrine_position",
    );
    expect(readToken(answer.token ?? "").n).toBe(BigInt(position?.n ?? -1));
    expect(position?.wanted).toBe(position?.n);
  });

  test("that only reads selects one row and takes no position", async () => {
    const before = await database.admin.query("select n from vitrine_position");
    expect(await caller.call(countTea, {}, signal)).toEqual({
      values: { total: "12.55", howMany: 1 },
      token: null,
    });
    expect(await database.admin.query("select n from vitrine_position")).toEqual(before);
  });

  test("that breaks a rule of the domain changes nothing and says which rule", async () => {
    const before = await stock();
    await expect(buy(2, "100.01")).rejects.toMatchObject({
      code: "RULE_VIOLATED",
      message: "Too dear.",
      details: { rule: "TOO_DEAR", number: 31001 },
    });
    expect(await stock()).toEqual(before);
  });

  test.each([
    [null, "1.00"],
    [1, "1.00"],
    [5, "99999999999.00"],
  ])("with values %j %s is refused as bad input", (teaId, price) =>
    expect(buy(teaId, price)).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.not.stringMatching(/column|key/i),
    }),
  );

  test("waits for a lock, and is tried again after a deadlock", async () => {
    const { admin } = database;
    await admin.run("insert into tea values (10, 1, null), (11, 1, null)");
    await admin.query(`
      create or replace procedure swap_tea(in_first int, in_second int) modifies sql data
      begin
          update tea set price = price + 1 where tea_id = in_first;
          do sleep(0.05);
          update tea set price = price + 1 where tea_id = in_second;
      end`);
    await admin.query(`grant execute on procedure swap_tea to ${rolesOf(database.admin.database).writer}`);
    const swap = defineProcedure({
      name: "swap_tea",
      description: "Locks two rows.",
      kind: "mutation",
      arguments: { first: int("One."), second: int("Another.") },
      result: {},
    });
    const calls = Array.from({ length: 8 }, (_, n) =>
      caller.call(swap, n % 2 ? { first: 10, second: 11 } : { first: 11, second: 10 }, signal),
    );
    await Promise.all(calls);
    const rows = await admin.query<{ price: string }>("select price from tea where tea_id in (10, 11)");
    expect(rows.map((row) => row.price)).toEqual(["9.00", "9.00"]);
  });

  test("is ended in the database when its request is over, and leaves nothing behind", async () => {
    const over = new AbortController();
    const reason = new Error("over");
    setTimeout(() => over.abort(reason), 100);
    const call = caller.call(buyTea, { teaId: 66, price: "66.00", at: null, lines: [] }, over.signal);
    await expect(call).rejects.toBe(reason);
    expect(await database.admin.query("select 1 from tea where tea_id = 66")).toEqual([]);
  });
});

describe("Definitions of procedures", () => {
  test("agree with the database", async () => {
    expect(await verifyProcedures(database.admin, [buyTea, countTea])).toEqual([]);
  });

  test("that differ from the database are reported one by one", async () => {
    const wrong = {
      ...buyTea,
      kind: "query" as const,
      arguments: { teaId: decimal("Tea.", 2), cups: int("Cups.") },
    };
    expect(await verifyProcedures(database.admin, [wrong, { ...countTea, name: "drink_tea" }])).toEqual([
      "buy_tea: is a query, so it must say `reads sql data`.",
      "buy_tea: in_tea_id is int and cannot be read as decimal.",
      "buy_tea: has no parameter in_cups.",
      "buy_tea: the definition lacks parameter in_price.",
      "buy_tea: the definition lacks parameter in_at.",
      "buy_tea: the definition lacks parameter in_lines.",
      "drink_tea: the database has no such procedure.",
    ]);
  });

  test("may not have a parameter that would begin with what somebody else's call has left", async () => {
    await database.admin.query(
      `create procedure keep_tea(inout out_total decimal(12, 2)) reads sql data
      set out_total = coalesce(out_total, 0) + 1`,
    );
    const keepTea = { ...countTea, name: "keep_tea", result: { total: decimal("Total.", 2) } };
    expect(await verifyProcedures(database.admin, [keepTea])).toEqual([
      "keep_tea: out_total is inout, and nobody says what it begins with. Declare it out.",
    ]);
  });
});
