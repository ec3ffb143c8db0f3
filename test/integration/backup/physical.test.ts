import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasBackupPrograms } from "../../../src/local/backup-programs.ts";
import { migrateUp } from "../../../src/migrations/migrate.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { readServerFacts } from "../../../src/stores/mariadb/server-facts.ts";
import { copyServer, replay } from "../../support/backup/back-up.ts";
import {
  findWrong,
  mend,
  mirrorOnce,
  type OwnMirror,
  openOwnMirror,
  readLife,
  readOrder,
  runDoctor,
} from "../../support/backup/backed-up-shop.ts";
import { type OwnServer, openOwnServer } from "../../support/backup/own-server.ts";
import project from "../../support/backup/shop-project.ts";
import { readMoment } from "../../support/settle.ts";
import { prepareShop } from "../../support/shop-operations.ts";

const log = [
  "--server-id=1",
  "--log-bin=bin",
  "--binlog-format=ROW",
  "--gtid-strict-mode=1",
  "--sync-binlog=1",
];

const isRun = hasBackupPrograms({ searchPath: process.env.PATH ?? "" });
let dir: string;
let original: OwnServer;
let mirror: OwnMirror;
/** Before the copy was taken, and what order 1 was then. */
let moment: string;
let then: unknown;
let copied: OwnMirror;
beforeAll(async () => {
  if (!isRun) return;
  dir = await mkdtemp(join(tmpdir(), "vitrine-copy-"));
  mirror = openOwnMirror();
  original = await openOwnServer(log);
  await migrateUp({ admin: original.db, sqlDir: "sql", domains: project.domains });
  await prepareShop(original.db);
  moment = await readMoment(original.db);
  then = await readOrder(original, "1", moment);
  await original.db.run("update customer set last_name = 'Renamed' where customer_id = 1");
  await mirrorOnce(original, mirror);
  copied = await mirror.copy();
  await original.db.run("update customer set last_name = 'Copied' where customer_id = 1");
  await copyServer(original, join(dir, "copy"));
  // What the copy lacks, and the mirror has.
  await original.db.run("update customer set last_name = 'Lost' where customer_id = 2");
  await mirrorOnce(original, mirror);
  await original.stop();
}, 240_000);
afterAll(async () => {
  await original?.close();
  await mirror?.close();
  await copied?.close();
  if (dir) await rm(dir, { recursive: true, force: true });
});

/** Nothing is lost. */
const whole = Object.fromEntries(
  ["tables", "views", "functions", "procedures", "triggers", "definers", "history"].map((name) => [
    name,
    "whole",
  ]),
);
const restore = () => openOwnServer(log, { data: join(dir, "copy"), accountsOf: original });

describe.runIf(isRun)("On a machine with MariaDB's programs for backups", () => {
  test("a physical copy that is older than the mirror: nothing is missing, and the mirror follows", {
    timeout: 180_000,
  }, async () => {
    const server = await restore();
    const beside = await mirror.copy();
    try {
      const { code, stdout } = await runDoctor(server, beside, []);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^mended {3}mirror: a new life of the database begins at position \d+/m);
      expect(stdout).toMatch(/^ok {7}history: asOf goes back to /m);
      expect(stdout).not.toMatch(/^(?:PROBLEM|LOST)/m);
      expect(await readLife(server)).toMatchObject({ trusted: 0 });
      await mirrorOnce(server, beside);
      expect(await findWrong(server, beside)).toEqual([]);
      // Time travel is as it was.
      expect(await readOrder(server, "1", moment)).toEqual(then);
      await server.db.run("update customer set last_name = 'After' where customer_id = 2");
      await mirrorOnce(server, beside);
      expect(await findWrong(server, beside)).toEqual([]);
    } finally {
      await server.close();
      await beside.close();
    }
  });

  test("a copy whose log was replayed to its end goes on, and nothing is rebuilt; the past is whole", {
    timeout: 180_000,
  }, async () => {
    const server = await restore();
    try {
      const info = await readFile(join(dir, "copy", "xtrabackup_binlog_info"), "utf8");
      const [file = "", position = ""] = info.split("\t");
      await replay(server, { folder: original.data, file, position }, dir);
      const before = await readLife(server);
      const { states } = await mend(server, mirror, { isWhole: true });
      expect(states).toEqual({ ...whole, mirror: "whole" });
      expect(await readLife(server)).toEqual(before);
      expect(before.trusted).toBe(before.all);
      await mirrorOnce(server, mirror);
      expect(await findWrong(server, mirror)).toEqual([]);
      expect(await readOrder(server, "1", moment)).toEqual(then);
      // Beside a mirror that is older than the database: it is found out without a word of anybody.
      await mirrorOnce(server, copied);
      expect(await findWrong(server, copied)).toEqual([]);
    } finally {
      await server.close();
    }
  });

  test("the doctor knows of a server what its log, its replicas and its source are", {
    timeout: 180_000,
  }, async () => {
    const server = await restore();
    const reader = openMariaDb(server.urlOf("vitrine_reader"), { size: 1 });
    try {
      const sound = await readServerFacts(server.db);
      expect(sound).toMatchObject({ binlog: { format: "ROW", isSynced: true }, replicas: [], galera: null });
      expect(sound.oddTables.every(({ name }) => name.startsWith("staging_"))).toBe(true);
      await server.db.query(
        `set global sync_binlog = 0, global rpl_semi_sync_master_enabled = 1,
          global rpl_semi_sync_master_wait_point = AFTER_COMMIT;
        create table keyless (n int);
        change master to master_host = '127.0.0.1', master_port = 1, master_user = 'nobody';
        start slave`,
      );
      await expect
        .poll(async () => (await readServerFacts(server.db)).replicas, { timeout: 20_000 })
        .toMatchObject([
          { source: "127.0.0.1:1", isReading: false, error: expect.stringMatching(/connect/) },
        ]);
      expect(await readServerFacts(server.db)).toMatchObject({
        binlog: { isSynced: false },
        semiSync: { waitPoint: "AFTER_COMMIT", isWorking: expect.any(Boolean) },
        oddTables: expect.arrayContaining([{ name: "keyless", engine: "InnoDB", hasKey: false }]),
      });
      await server.db.query("set global binlog_format = STATEMENT");
      await expect(
        mend(server, mirror).then(({ findings }) => findings),
        "what cannot be logged is refused in a sentence",
      ).rejects.toMatchObject({
        code: "WRITES_REFUSED",
        message: expect.stringMatching(/Set binlog_format/),
      });
      await server.db.query("set global binlog_format = ROW");
      // Who only reads is told less, and is not refused.
      expect(await readServerFacts(reader)).toMatchObject({ binlog: { format: "ROW" }, replicas: null });
      const { stdout } = await runDoctor(server, mirror, ["--nothing-lost"]);
      expect(stdout).toMatch(/^PROBLEM {2}binary log: ROW; .*set sync_binlog to 1$/m);
      expect(stdout).toMatch(/^PROBLEM {2}replica of 127\.0\.0\.1:1: /m);
    } finally {
      await reader.close();
      await server.close();
    }
  });
});
