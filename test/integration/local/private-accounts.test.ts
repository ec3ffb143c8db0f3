import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { acquireStack } from "../../../src/local/acquire-stack.ts";
import { findMongoDb } from "../../../src/local/find-programs.ts";
import { describeMongoDb } from "../../../src/local/private-mongodb.ts";
import { ensureServer, stopServer } from "../../../src/local/private-server.ts";
import type { Stack } from "../../../src/local/stack.ts";
import { createLogger } from "../../../src/log.ts";
import { openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";

const logger = createLogger("silent");
let dataDir: string;
const open = new Set<Stack>();

const config = () => {
  const { MARIADB_URL: _, MONGODB_URL: __, ...env } = process.env;
  return readConfig({ ...env, VITRINE_DATA_DIR: dataDir });
};
const acquire = async (): Promise<Stack> => {
  const stack = await acquireStack(config(), { logger });
  open.add(stack);
  return stack;
};

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "vitrine-accounts-"));
});
afterEach(async () => {
  await Promise.all([...open].map((stack) => stack.release()));
  open.clear();
  rmSync(dataDir, { recursive: true });
});

describe("the private servers of a data folder", () => {
  it("answer nobody who has not the password in the data folder, which only its owner can read", async () => {
    const { mariadb, mongodb } = await acquire();
    const { port } = new URL(mongodb.url);
    const strangers = [
      `mongodb://127.0.0.1:${port}/vitrine?directConnection=true`,
      `mongodb://vitrine:guessed@127.0.0.1:${port}/vitrine?directConnection=true&authSource=admin`,
    ];
    for (const url of strangers) {
      const stranger = openMongoDb(url);
      const attempts = [
        () => stranger.db.collection("order_details").findOne(),
        () => stranger.db.collection("order_details").insertOne({ price: 0 }),
        () => stranger.client.db("admin").command({ listDatabases: 1 }),
        () => stranger.client.db("admin").command({ createUser: "mallory", pwd: "m", roles: ["root"] }),
      ];
      for (const attempt of attempts)
        await expect(attempt()).rejects.toThrow(/authenticat|not authorized|Authentication failed/i);
      await stranger.close();
    }
    const server = openMariaDb(`mariadb://root@127.0.0.1:${new URL(mariadb.adminUrl).port}/`, { size: 1 });
    await expect(server.query("select 1")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await server.close();
    const modes = [
      "",
      "mariadb",
      "mongodb",
      "mongodb/account.json",
      "mariadb/data/accounts.json",
      "mariadb/server.log",
    ];
    for (const name of modes) expect([name, statSync(join(dataDir, name)).mode & 0o077]).toEqual([name, 0]);
  });

  it("say so when MongoDB has an account that the data folder knows no password of", async () => {
    await (await acquire()).release();
    const file = join(dataDir, "mongodb", "account.json");
    const before = readFileSync(file, "utf8");
    rmSync(file);
    await expect(acquire()).rejects.toMatchObject({
      code: "SETUP_FAILED",
      message: expect.stringContaining("account.json"),
    });
    writeFileSync(file, before);
    const { mongodb } = await acquire();
    const mongo = openMongoDb(mongodb.url);
    expect(await mongo.db.command({ ping: 1 })).toMatchObject({ ok: 1 });
    await mongo.close();
  });

  it("are set up by who comes while another sets them up", async () => {
    const program = findMongoDb(config());
    if (!program) throw new Error("MongoDB is there.");
    const spec = describeMongoDb(dataDir, program);
    const server = await ensureServer({ ...spec, ping: spec.greet });
    try {
      const all = await Promise.allSettled([1, 2, 3, 4].map(() => spec.ping(server.port)));
      expect(all.filter(({ status }) => status === "rejected")).toEqual([]);
    } finally {
      await stopServer(server);
    }
  });

  it("take over a MongoDB that an earlier release has left without accounts", async () => {
    await (await acquire()).release();
    rmSync(join(dataDir, "mongodb"), { recursive: true });
    const program = findMongoDb(config());
    if (!program) throw new Error("MongoDB is there.");
    const spec = describeMongoDb(dataDir, program);
    const old = await ensureServer({
      ...spec,
      toArguments: (port) => spec.toArguments(port).filter((word) => word !== "--auth"),
    });
    const url = `mongodb://127.0.0.1:${old.port}/vitrine?directConnection=true`;
    const before = openMongoDb(url);
    await before.client.db("admin").command({ dropUser: "vitrine" });
    await before.db.collection<{ _id: number }>("kept").insertOne({ _id: 1 });
    await before.close();
    await stopServer(old);
    rmSync(join(dataDir, "mongodb", "account.json"));
    const { mongodb } = await acquire();
    const mongo = openMongoDb(mongodb.url);
    expect(await mongo.db.collection("kept").countDocuments()).toBe(1);
    await mongo.close();
    const stranger = openMongoDb(url);
    await expect(stranger.db.collection("kept").countDocuments()).rejects.toThrow(/authenticat/);
    await stranger.close();
  });
});
