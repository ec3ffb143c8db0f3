import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { buildHarbour } from "../../support/harbour.ts";
import { runVitrine, vitrineEnvironment } from "../../support/run-vitrine.ts";

/** An owner migrates a database that `vitrine init` has made models of, and one command follows. */
let db: TestDatabase;
let folder: string;
let domain: string;
let running: ChildProcess | undefined;
beforeAll(async () => {
  db = await openTestDatabase({ migrate: false });
  await buildHarbour(db.admin);
  await db.admin.query("delete from voyages where id > 100");
  folder = mkdtempSync(join(tmpdir(), "vitrine-mend-"));
  domain = db.admin.database;
  const init = await runVitrine(db, folder, ["init", "--from", db.mariadbUrl, "--folder", folder]);
  expect(init.stderr).toBe("");
  // The package is not installed there: its words are those of this checkout.
  const words = fileURLToPath(new URL("../../../src/index.ts", import.meta.url));
  for (const file of ["vitrine.config.ts", `src/domains/${domain}/index.ts`, ...definitions()])
    write(file, (text) => text.replace('from "vitrine"', `from ${JSON.stringify(words)}`));
}, 60_000);
afterAll(async () => {
  await stop();
  await db?.close();
  rmSync(folder, { recursive: true, force: true });
});

const definitions = () =>
  readdirSync(join(folder, `src/domains/${domain}/models`)).map(
    (name) => `src/domains/${domain}/models/${name}`,
  );
const read = (file: string) => readFileSync(join(folder, file), "utf8");
const write = (file: string, change: (text: string) => string) =>
  writeFileSync(join(folder, file), change(read(file)));
const env = () => ({ VITRINE_PROJECT: join(folder, "vitrine.config.ts") });
const run = (...args: readonly string[]) => runVitrine(db, folder, args, env());

function follow(): void {
  running = spawn(process.execPath, ["bin/vitrine.mjs", "mirror"], {
    env: { ...vitrineEnvironment(db, folder), ...env() },
    stdio: "ignore",
  });
}

async function stop(): Promise<void> {
  if (!running || running.exitCode !== null) return;
  running.kill("SIGINT");
  await once(running, "exit");
}

/** What the mirror says of a document. */
const mirrored = async (model: string, key: object) => {
  const document = await db.mongo.db.collection(model).findOne({ ...key, _del: { $exists: false } });
  return document ?? undefined;
};

test("the first run makes what there is to make", async () => {
  const { code, stdout, stderr } = await run("mend");
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toContain("apply views/");
  expect((await run("mend", "--dry-run")).stdout).toContain("No view or definition names what");
  follow();
  await expect.poll(() => mirrored("voyage", { _id: 100 }), { timeout: 60_000 }).toBeDefined();
});

test("columns that are new, renamed, gone or converted, and a table with another name, are followed by one command", async () => {
  const writes = `
    update ships set title = 'Renamed' where imo = 9000003;
    insert into parties (code, name, parent_code) values ('N1', 'New', 'C0001');
    delete from voyages where id = 4;
    update crew_members set name = 'Sailor B' where id = 2`;
  await db.admin.query(`
    alter table ships rename column name to title, add column draught decimal(5,2) null;
    alter table crew_members drop column born;
    alter table bookings modify weight_t decimal(12,3) not null;
    rename table customers to parties`);
  // Whatever was not mended yet, owners go on.
  await db.admin.query(writes);
  // A column that was dropped while another was added looks like this too.
  const asked = await run("mend");
  expect(asked.code).not.toBe(0);
  const answers = ["--renamed", "ships.name=title", "customers=parties"];
  expect(asked.stderr).toMatch(
    /^.*ships\.name is gone.*was it renamed, or dropped\?.*--renamed 'ships.name=title'/m,
  );
  expect(asked.stderr).toMatch(/^.*customers is gone, and parties .* came.*--renamed 'customers=parties'/m);
  expect(read(`src/domains/${domain}/models/crew-member.ts`)).toContain("born");
  const dry = await run("mend", "--dry-run", ...answers);
  expect(dry.code).toBe(0);
  expect(read(`sql/views/${domain}/ship.sql`)).toContain("ships.name");
  const { code, stdout, stderr } = await run("mend", ...answers);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toContain(
    dry.stdout
      .split("\n")
      .filter((line) => / now: | gone: /.test(line))
      .join("\n"),
  );
  for (const line of [
    "ships.name is ships.title now: views read that, and show what they showed.",
    "crew_members.born is gone: views and definitions show it no more.",
    "customers is parties now: views read that, and show what they showed.",
  ])
    expect(stdout).toContain(line);
  expect(read(`sql/views/${domain}/ship.sql`)).toContain("ships.title as name");
  expect(read(`src/domains/${domain}/models/crew-member.ts`)).not.toContain("born");
}, 400_000);

test("afterwards nothing is wrong, also of what cascades through three levels", async () => {
  await stop();
  follow();
  for (const statement of [
    "update ships set title = 'Again', draught = 7.25 where imo = 9000007",
    "delete from voyages where ship_imo = 9000011",
    "update parties set code = 'X0010' where code = 'C0010'",
    "update containers set id = 'ZCSU0000001' where id = 'MSKU0000005'",
    "delete from parties where code = 'N1'",
    "insert into crew_members values (601, 'Late')",
  ])
    await db.admin.query(statement);
  await expect
    .poll(async () => (await mirrored("ship", { imo: 9000007 }))?.name, { timeout: 60_000 })
    .toBe("Again");
  const open = () =>
    db.admin.query("select model from vitrine_state where rebuild_status <> 'done' or rebuilt_at is null");
  await expect.poll(open, { timeout: 60_000 }).toEqual([]);
  const verified = await run("verify", "--deep");
  expect(verified).toMatchObject({ code: 0, stdout: expect.not.stringMatching(/[1-9]\d* defects/) });
  // And by the tables themselves.
  const rows = await db.admin.query<{ imo: number; title: string }>(
    "select imo, title from ships order by imo",
  );
  const ships = await db.mongo.db
    .collection("ship")
    .find({ _del: { $exists: false } })
    .sort({ imo: 1 })
    .toArray();
  expect(ships.map(({ imo, name }) => [imo, name])).toEqual(rows.map(({ imo, title }) => [imo, title]));
  const [count] = await db.admin.query<{ n: number }>("select count(*) as n from containers");
  expect(await db.mongo.db.collection("container").countDocuments({ _del: { $exists: false } })).toBe(
    Number(count?.n),
  );
}, 400_000);
