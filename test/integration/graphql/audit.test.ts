import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Principal } from "../../../src/access/principal.ts";
import { noteCall, readAudit } from "../../../src/core/audit.ts";
import { VitrineError } from "../../../src/errors.ts";
import { createCallLog } from "../../../src/graphql/call-for.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { openRole } from "../../../src/graphql/open-role.ts";
import { createServer, type ServerOptions } from "../../../src/graphql/server.ts";
import { claim, defineAccess } from "../../../src/models/access.ts";
import { decimal, int, list, object, string } from "../../../src/models/field.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";
import { rolesOf } from "../../../src/stores/mariadb/roles.ts";
import { ask, openGatewayOf, type TestGateway } from "./gateway.ts";

/** A post office: a letter is noted with whom the session knows, as a trigger of any project may. */
const sendLetter = defineProcedure({
  name: "send_letter",
  description: "Sends a letter.",
  kind: "mutation",
  arguments: {
    letterId: int("Letter."),
    receiver: string("Who gets it.", { pii: true, nullable: true }),
    postage: decimal("Postage.", 2),
    pages: list(
      "Pages.",
      object("LetterPage", "A page.", { words: int("Words."), text: string("Text.", { pii: true }) }),
    ),
  },
  result: { words: int("Words."), address: string("Where it goes.", { pii: true }) },
});
const countLetters = defineProcedure({
  name: "count_letters",
  description: "Counts letters.",
  kind: "query",
  arguments: {},
  result: { howMany: int("How many."), askedBy: string("Who asks.", { nullable: true }) },
});
const post = defineDomain({
  name: "post",
  description: "A post office.",
  models: [],
  procedures: [sendLetter, countLetters],
  access: defineAccess({
    roles: {
      admin: { description: "All of it.", procedures: "all", personal: "shown" },
      clerk: {
        description: "Who sends one letter.",
        procedures: { send_letter: { arguments: { letterId: claim("letter") } } },
      },
    },
  }),
  rules: { 31002: { code: "NO_POSTAGE", description: "Letters cost." } },
});

const till: Principal = { name: "till-3", role: "admin", claims: {}, expiresAt: null };
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openGatewayOf(
    { project: defineProject({ sql: "sql", domains: [post] }), migrate: true },
    async ({ admin }) => {
      await admin.query(
        "create table letter (letter_id int primary key, receiver varchar(50) null, sender varchar(255) null, sender_role varchar(64) null)",
      );
      await admin.query(
        "create trigger letter_before_insert before insert on letter for each row set new.sender = @vitrine_principal, new.sender_role = @vitrine_role",
      );
      await admin.query(`
      create procedure send_letter(
          in_letter_id int, in_receiver varchar(50), in_postage decimal(10, 2), in_pages json,
          out out_words int, out out_address varchar(50))
      modifies sql data
      begin
          if in_postage = 0 then
              signal sqlstate '45000' set mysql_errno = 31002, message_text = 'Letters cost.';
          end if;
          if in_postage = 66 then
              signal sqlstate '99999' set message_text = 'The scales are broken.';
          end if;
          insert into letter (letter_id, receiver) values (in_letter_id, in_receiver);
          set out_words = 7, out_address = '1 Elm Street';
      end`);
      await admin.query(`
      create procedure count_letters() reads sql data
      select count(*) as how_many, @vitrine_principal as asked_by from letter`);
      const { writer } = rolesOf(admin.database);
      for (const name of ["send_letter", "count_letters"])
        await admin.query(`grant execute on procedure ${name} to ${writer}`);
    },
  );
});
afterAll(() => gateway?.close());
afterEach(() => gateway.database.admin.query("delete from vitrine_audit; delete from letter"));

async function serve(principal: Principal, changes: Partial<ServerOptions> = {}) {
  const identify = async () => principal;
  const { project } = gateway.database;
  const { logger } = gateway.options;
  const server = await createServer({
    ...{ ...gateway.options, metrics: createMetrics(), identify },
    openRole: (role) =>
      openRole(role, { project, projectDir: ".", logger, maskKey: undefined, morePages: () => [] }),
    ...changes,
  });
  onTestFinished(() => server.close());
  return server.url;
}

const text =
  'mutation Send($id: Int!, $postage: Decimal!) { sendLetter(letterId: $id, receiver: "Ines Anderson", postage: $postage, pages: [{ words: 7, text: "Dear Ines" }]) { words address token } }';
const send = (url: string, id: number, postage = "1.10") => ask(url, text, { id, postage });
const audit = () => readAudit(gateway.database.reader, { first: 100 });
const letters = () => gateway.database.admin.query("select letter_id, sender, sender_role from letter");

describe("A call that writes", () => {
  test("is noted with who made it, by which document, and what it did, without values of personal fields", async () => {
    const url = await serve(till);
    expect((await send(url, 1)).errors).toBeUndefined();
    const rows = await audit();
    expect(rows).toMatchObject([
      {
        principal: "till-3",
        role: "admin",
        operation: "Send",
        documentHash: createHash("sha256").update(text).digest("hex"),
        procedure: "send_letter",
        arguments: { letterId: 1, receiver: "_", postage: "1.10", pages: [{ words: 7, text: "_" }] },
        result: { words: 7, address: "_" },
        outcome: "succeeded",
        code: null,
      },
    ]);
    await expect.poll(() => gateway.log.find((line) => line.requestId === rows[0]?.requestId)).toBeDefined();
    expect(JSON.stringify(await gateway.database.admin.query("select * from vitrine_audit"))).not.toMatch(
      /Ines|Elm/,
    );
  });

  test("tells the database's session on whose behalf it writes, and the next who uses the session nothing", async () => {
    await send(await serve(till), 2);
    await send(gateway.server.url, 3);
    expect(await letters()).toEqual([
      { letter_id: 2, sender: "till-3", sender_role: "admin" },
      { letter_id: 3, sender: null, sender_role: null },
    ]);
    const asked = "{ countLetters { howMany askedBy } }";
    expect((await ask(await serve(till), asked)).data).toEqual({
      countLetters: { howMany: 2, askedBy: "till-3" },
    });
    expect((await ask(gateway.server.url, asked)).data).toEqual({
      countLetters: { howMany: 2, askedBy: null },
    });
    expect(await audit()).toHaveLength(1);
  });

  test("that a rule or a key refuses is noted as refused, with its code and without a result", async () => {
    const url = await serve(till);
    await send(url, 4, "0.00");
    await send(url, 5);
    await send(url, 5);
    expect((await audit()).map(({ outcome, code, result }) => [outcome, code, result])).toEqual([
      ["refused", "BAD_INPUT", null],
      ["succeeded", null, { words: 7, address: "_" }],
      ["refused", "NO_POSTAGE", null],
    ]);
  });

  test("changes nothing when it cannot be noted", async () => {
    await gateway.database.admin.query("rename table vitrine_audit to hidden_audit");
    try {
      expect((await send(await serve(till), 6)).errors?.[0]?.extensions.code).toBe("INTERNAL");
      expect(await letters()).toEqual([]);
    } finally {
      await gateway.database.admin.query("rename table hidden_audit to vitrine_audit");
    }
    expect(gateway.log.map(({ msg }) => msg)).toContain("a call could not be noted in the audit");
  });

  test("that fails for a reason of ours is noted as failed; the log has the reason, no statement and no value", async () => {
    const answer = await send(await serve(till), 9, "66.00");
    expect(answer.errors?.[0]?.extensions.code).toBe("INTERNAL");
    expect(await audit()).toMatchObject([{ outcome: "failed", code: "INTERNAL", result: null }]);
    const lines = gateway.log.filter((line) => JSON.stringify(line).includes("The scales are broken."));
    expect(lines).toMatchObject([{ level: "error", msg: "query failed" }]);
    expect(JSON.stringify(lines)).not.toMatch(/Ines|call `send_letter`/);
  });

  test("of which nobody knows whether it was made is noted as unknown, beside the row that may stand", async () => {
    const note = async (...[connection, entry]: Parameters<typeof noteCall>) => {
      await noteCall(connection, entry);
      await connection.run("commit");
      throw new VitrineError("OUTCOME_UNKNOWN", "The connection was lost while it was being committed.");
    };
    const { noteUnmade } = createCallLog(gateway.database.writer, gateway.options.logger);
    const answer = await send(await serve(till, { callLog: { note, noteUnmade } }), 10);
    expect(answer.errors?.[0]?.extensions.code).toBe("OUTCOME_UNKNOWN");
    const rows = await audit();
    expect(rows.map(({ outcome, code }) => [outcome, code])).toEqual([
      ["unknown", "OUTCOME_UNKNOWN"],
      ["succeeded", null],
    ]);
    expect(new Set(rows.map(({ requestId }) => requestId)).size).toBe(1);
  });

  test("is noted once, also when a deadlock makes it begin anew", async () => {
    let tries = 0;
    const note = async (...[connection, entry]: Parameters<typeof noteCall>) => {
      await noteCall(connection, entry);
      tries += 1;
      if (tries === 1) await connection.run("signal sqlstate '40001' set mysql_errno = 1213");
    };
    const callLog = { note, noteUnmade: async () => undefined };
    expect((await send(await serve(till, { callLog }), 7)).errors).toBeUndefined();
    expect(tries).toBe(2);
    expect(await audit()).toHaveLength(1);
    expect(await letters()).toHaveLength(1);
  });

  test("is noted with the arguments that nobody chose", async () => {
    const clerk: Principal = { name: "carl", role: "clerk", claims: { letter: 77 }, expiresAt: null };
    const url = await serve(clerk);
    const short = 'mutation { sendLetter(receiver: "Ines Anderson", postage: "1.10", pages: []) { words } }';
    expect((await ask(url, short)).errors).toBeUndefined();
    expect(await letters()).toEqual([{ letter_id: 77, sender: "carl", sender_role: "clerk" }]);
    expect(await audit()).toMatchObject([
      {
        principal: "carl",
        role: "clerk",
        arguments: { letterId: 77, receiver: "_", postage: "1.10", pages: [] },
      },
    ]);
  });

  test("of nobody who is known by a role is not noted", async () => {
    expect((await send(gateway.server.url, 8)).errors).toBeUndefined();
    expect(await audit()).toEqual([]);
  });
});
