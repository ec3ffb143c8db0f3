import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasBackupPrograms } from "../../../src/local/backup-programs.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { dump, load } from "../../support/backup/back-up.ts";
import {
  ask,
  findWrong,
  mend,
  mirrorOnce,
  type OwnMirror,
  openOwnMirror,
  readOrder,
  runDoctor,
} from "../../support/backup/backed-up-shop.ts";
import { type OwnServer, openOwnServer } from "../../support/backup/own-server.ts";
import project from "../../support/backup/shop-project.ts";
import { readMoment } from "../../support/settle.ts";
import { prepareShop } from "../../support/shop-operations.ts";

const isRun = hasBackupPrograms({ searchPath: process.env.PATH ?? "" });
/** As the product asks for it, as the program does without a word, with nothing, with the past. */
const dumps = {
  full: ["--routines", "--triggers", "--events"],
  plain: [],
  bare: ["--skip-triggers"],
  past: ["--routines", "--triggers", "--events", "--dump-history"],
  torn: ["--routines", "--ignore-table=vitrine.vitrine_pending"],
  lacking: ["--routines", "--ignore-table=vitrine.price_history"],
} as const;
type Dump = keyof typeof dumps;

let dir: string;
/** Filled from one dump after the other. */
let server: OwnServer;
/** Of the time after the dumps. */
let mirror: OwnMirror;
let moment: string;
let then: unknown;
const fileOf = (name: Dump) => join(dir, `${name}.sql`);

beforeAll(async () => {
  if (!isRun) return;
  dir = await mkdtemp(join(tmpdir(), "vitrine-dump-"));
  mirror = openOwnMirror();
  const original = await openOwnServer([]);
  try {
    await migrateUp({ admin: original.db, sqlDir: "sql", domains: project.domains });
    await prepareShop(original.db);
    moment = await readMoment(original.db);
    then = await readOrder(original, "1", moment);
    await original.db.run("update customer set last_name = 'Renamed' where customer_id = 1");
    await mirrorOnce(original, mirror);
    for (const [name, options] of Object.entries(dumps)) await dump(original, fileOf(name as Dump), options);
    await original.db.run("update customer set last_name = 'Lost' where customer_id = 2");
    await mirrorOnce(original, mirror);
  } finally {
    await original.close();
  }
  server = await openOwnServer([]);
}, 240_000);
afterAll(async () => {
  await server?.close();
  await mirror?.close();
  if (dir) await rm(dir, { recursive: true, force: true });
});

/** What is written now is captured, and the mirror is what the views say. */
async function expectConvergence(): Promise<void> {
  await mirrorOnce(server, mirror);
  await ask(server, "update customer set last_name = 'After' where customer_id = 2");
  await mirrorOnce(server, mirror);
  expect(await findWrong(server, mirror)).toEqual([]);
}

describe.runIf(isRun)("On a machine with MariaDB's programs for backups", { timeout: 180_000 }, () => {
  test("an empty database is not taken for a restored one", async () => {
    const { code, stdout } = await runDoctor(server, mirror, ["--json"]);
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 1,
      healthy: false,
      restored: [{ name: "log of migrations", state: "problem", ok: false }],
      findings: [],
    });
    expect(await ask(server, "show tables")).toEqual([]);
  });

  test("a whole dump of another owner: its objects get one, and of the past only the present is there", async () => {
    const text = await readFile(fileOf("full"), "utf8");
    const other = text.replaceAll("DEFINER=`vitrine_admin`@`%`", "DEFINER=`owner`@`shop`");
    expect(other).not.toBe(text);
    await writeFile(fileOf("full"), other);
    await load(server, fileOf("full"));
    await expect(ask(server, "update customer set last_name = 'No' where customer_id = 3")).rejects.toThrow(
      /owner/,
    );
    const { findings, states } = await mend(server, mirror);
    const whole = { procedures: "whole", triggers: "whole" };
    expect(states).toMatchObject({ ...whole, definers: "mended", history: "gone", mirror: "mended" });
    expect(findings.find(({ name }) => name === "definers")?.detail).toMatch(/owner@shop/);
    expect(await readOrder(server, "1", moment)).toBe("BEFORE_HISTORY");
    await expectConvergence();
  });

  test("a dump without routines, as mariadb-dump makes it: they are made again", async () => {
    await load(server, fileOf("plain"));
    const { states } = await mend(server, mirror);
    expect(states).toMatchObject({
      functions: "mended",
      procedures: "mended",
      triggers: "whole",
      history: "gone",
    });
    await expectConvergence();
  });

  test("a dump without triggers: what was written meanwhile is mirrored, too", async () => {
    await load(server, fileOf("bare"));
    await ask(server, "update product set name = 'Unseen' where product_id = 1");
    const looked = await mend(server, mirror, { dryRun: true });
    expect(looked.states).toMatchObject({ triggers: "problem", functions: "problem" });
    expect(await ask(server, "show triggers")).toEqual([]);
    const { states } = await mend(server, mirror);
    expect(states).toMatchObject({ triggers: "mended", functions: "mended" });
    await expectConvergence();
  });

  test("a dump with the past: every moment is as it was", async () => {
    await load(server, fileOf("past"));
    const { states } = await mend(server, mirror);
    expect(states).toMatchObject({ history: "whole", tables: "whole" });
    expect(await readOrder(server, "1", moment)).toEqual(then);
    await expectConvergence();
  });

  test("a table of the engine that is not in the dump is made again; one with rows of the shop is asked for", async () => {
    await load(server, fileOf("lacking"), ["--force"]);
    const lacking = await mend(server, mirror);
    expect(lacking.states).toMatchObject({ tables: "problem" });
    expect(lacking.states).not.toHaveProperty("mirror");
    expect(lacking.findings.find(({ name }) => name === "tables")?.detail).toMatch(/price_history/);
    await load(server, fileOf("torn"));
    expect((await mend(server, mirror)).states).toMatchObject({ tables: "mended" });
    await expectConvergence();
  });

  test("roles that no dump has are made again, and an account that is missing is told with its statements", async () => {
    await load(server, fileOf("full"));
    await ask(server, "drop role vitrine_loader_role, vitrine_reader_role");
    await ask(server, "drop user vitrine_loader, vitrine_reader");
    const accounts = {
      MARIADB_LOADER_URL: server.urlOf("vitrine_loader"),
      MARIADB_READER_URL: server.urlOf("vitrine_reader"),
    };
    const { findings, states } = await mend(server, mirror, {}, accounts);
    expect(states).toMatchObject({ roles: "mended", accounts: "problem" });
    const told = findings.flatMap(({ name, detail }) => (name === "accounts" ? [detail] : []));
    expect(told).toHaveLength(2);
    for (const detail of told) {
      const account = detail.includes("(loader)") ? "vitrine_loader" : "vitrine_reader";
      const { password } = new URL(server.urlOf(account));
      await server.db.query(detail.slice(detail.indexOf("create user")).replace("…", password));
    }
    const again = (await mend(server, mirror, {}, accounts)).states;
    expect(again).not.toHaveProperty("accounts");
    expect(again).not.toHaveProperty("roles");
  });
});
