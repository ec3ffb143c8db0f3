import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import {
  openReplicatedGarden,
  type ReplicatedGarden,
  type ReplicatedServer,
} from "../../support/replicated-garden.ts";
import { openOwnMariaDb } from "../../support/replicated-mariadb.ts";
import { runVitrine } from "../../support/run-vitrine.ts";

let garden: ReplicatedGarden;
let primary: ReplicatedServer;
let replica: ReplicatedServer;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "vitrine-replicated-"));
  garden = await openReplicatedGarden({ mongodbUrl: inject("mongodbUrl") });
  [primary, replica] = garden.servers as [ReplicatedServer, ReplicatedServer];
  await garden.mirror(primary);
  await replica.catchUp(primary);
});
afterAll(async () => {
  await garden?.close();
  await rm(dir, { recursive: true, force: true });
});

/** A command with one address of both servers, the replica first, and the replica for live reads. */
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runVitrine({ mariadbUrl: garden.addressOf(replica, primary), mongodbUrl: garden.mongodbUrl }, dir, args, {
    VITRINE_PROJECT: "test/support/garden/vitrine.config.ts",
    MARIADB_READ_URL: garden.addressOf(replica),
    ...env,
  });

test("commands find the server that takes writes, and name replicas", { timeout: 120_000 }, async () => {
  const { stdout } = await run(["sql", "select @@port as port"]);
  expect(stdout).toContain(String(primary.port));
  expect(await run(["verify", "plant_card", "--deep"])).toMatchObject({ code: 0 });
  const doctor = await run(["doctor"]);
  expect(doctor.stdout).toMatch(
    new RegExp(`replica 127\\.0\\.0\\.1:${replica.port}: \\d+ ms behind at most`),
  );
  const status = await run(["status"]);
  expect(`${status.stdout}${status.stderr}`).toContain(
    `mariadb://failover@127.0.0.1:${replica.port},127.0.0.1:${primary.port}/vitrine`,
  );
});

test("an export is read from the replica", { timeout: 60_000 }, async () => {
  const before = await statementsOn(replica);
  const out = join(dir, "files");
  expect(await run(["export", "plant_card", "--out", out])).toMatchObject({ code: 0 });
  expect(await readdir(out)).toContain("manifest.json");
  expect(await statementsOn(replica)).toBeGreaterThan(before);
});

test("commands say of each server of the address why it cannot be asked, and wait for none", async () => {
  const mariadbUrl = garden
    .addressOf(primary, replica)
    .replaceAll(`:${primary.port}`, ":1")
    .replaceAll(`:${replica.port}`, ":2");
  const away =
    /None of the 2 servers of the address takes writes: 127\.0\.0\.1:1 cannot be reached; 127\.0\.0\.1:2 cannot be reached\./;
  for (const args of [["migrate", "up"], ["mirror", "--once"], ["verify"], ["sql", "select 1"]]) {
    const { code, stderr } = await runVitrine({ mariadbUrl, mongodbUrl: garden.mongodbUrl }, dir, args, {
      VITRINE_PROJECT: "test/support/garden/vitrine.config.ts",
    });
    expect(stderr, args.join(" ")).toMatch(away);
    expect(code).toBe(69);
  }
});

/** What doctor says of the replica, until it says this. */
const doctorSays = (detail: RegExp) =>
  expect
    .poll(async () => /^.*replica 127.*$/m.exec((await run(["doctor"])).stdout)?.[0], { timeout: 60_000 })
    .toMatch(detail);

/** What doctor says of each server that may take over, or answer. */
const saysOfServers = async (env: Readonly<Record<string, string>> = {}) =>
  [...(await run(["doctor"], env)).stdout.matchAll(/^.*server (127\S+: .*)$/gm)].map(([, said]) => said);

test("doctor says of each server whether it may take over: not one that takes writes while it follows, nor one that is too old", {
  timeout: 120_000,
}, async () => {
  expect(await saysOfServers()).toEqual([
    expect.stringMatching(new RegExp(`:${replica.port}: .*MariaDB.*, read only`)),
    expect.stringMatching(new RegExp(`:${primary.port}: .*MariaDB.*, takes writes`)),
  ]);
  await replica.db.query("set global read_only = 0");
  expect(await saysOfServers()).toContainEqual(
    expect.stringContaining(`:${replica.port}: follows another server and takes writes all the same`),
  );
  await replica.db.query("set global read_only = 1");
  const old = await openOwnMariaDb(["--version=10.11.2-MariaDB"]);
  const said = await saysOfServers({ MARIADB_READ_URL: old.servers[0]?.url ?? "" }).finally(old.close);
  expect(said).toContainEqual(expect.stringContaining("10.11.2-MariaDB is too old to take over"));
});

test("doctor says what stopped a replica", { timeout: 120_000 }, async () => {
  await replica.db.query("set sql_log_bin = 0; delete from harvest where plant_id = 1; set sql_log_bin = 1");
  await primary.db.run("update harvest set price = price + 1 where plant_id = 1");
  await expect(replica.catchUp(primary)).rejects.toThrow(/Can't find record/);
  await doctorSays(
    /replica .*: left out of live reads: .*; it does not apply what it has read: .*Can't find record in 'harvest'.*; mend that, then start replica/,
  );
});

test("doctor says what a replica lacks that is no copy of the whole database", {
  timeout: 120_000,
}, async () => {
  await replica.db.query("set sql_log_bin = 0; drop table vitrine_position; set sql_log_bin = 1");
  await doctorSays(
    /replica .*: left out of live reads: it has no table vitrine_position: it is no replica of this database, or one that leaves tables out \(`replicate_ignore_table`\); have it copy the whole database/,
  );
});

/** How many snapshots were begun there. */
async function statementsOn({ db }: ReplicatedServer): Promise<number> {
  const [row] = await db.query<{ value: string }>(
    "select variable_value as value from information_schema.global_status where variable_name = 'COM_BEGIN'",
  );
  return Number(row?.value);
}
