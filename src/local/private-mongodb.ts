import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { VitrineError } from "../errors.ts";
import { makeFolder } from "../make-folder.ts";
import { createFirstAccount, isLoginRefused } from "../stores/mongodb/first-account.ts";
import { openMongoDb } from "../stores/mongodb/mongodb.ts";
import type { MongoDbProgram } from "./find-programs.ts";
import type { ServerSpec } from "./private-server.ts";

/** The private MongoDB server of a data folder: a durable replica set of one, on loopback, which answers its owner only. */
export function describeMongoDb(dataDir: string, program: MongoDbProgram): ServerSpec {
  const folder = join(dataDir, "mongodb");
  // The two servers do not read each other's files.
  const data = join(folder, program.kind);
  const isMongod = program.kind === "mongod";
  const mark = [isMongod ? "--dbpath" : "--storage-path", data];
  const emptyConfig = join(folder, "secantusd.toml");
  // By it members of a set know each other; without one mongod takes no accounts.
  const memberKey = join(folder, "member.key");
  return {
    name: "MongoDB",
    program: program.path,
    folder,
    mark,
    toArguments: (port) => [
      ...mark,
      "--port",
      String(port),
      "--auth",
      ...(isMongod
        ? [
            ...["--bind_ip", "127.0.0.1", "--nounixsocket", "--replSet", "vitrine", "--keyFile", memberKey],
            ...["--wiredTigerCacheSizeGB", "0.5"],
          ]
        : [
            // Without it an acknowledged write is lost when the server is killed.
            "--sync-on-commit",
            ...["--host", "127.0.0.1", "--cache-size", "512M", "--log-level", "WARNING"],
            ...["--config", emptyConfig], // else it looks for one in the user's home
          ]),
    ],
    prepare: async () => {
      makeFolder(data, { mode: 0o700 });
      writeSecret(accountFile(dataDir), () => JSON.stringify({ password: randomBytes(24).toString("hex") }));
      if (isMongod) writeSecret(memberKey, () => randomBytes(96).toString("base64"));
      else writeFileSync(emptyConfig, "");
    },
    ping: async (port) => {
      await knock(port);
      if (isMongod) await becomePrimary(port);
      return setUp(toMongoDbUrl(dataDir, port), port);
    },
    // A client of MongoDB is the dearest thing that a short command makes.
    greet: (port) => knock(port).then(() => program.version),
  };
}

const ACCOUNT = "vitrine";

const accountFile = (dataDir: string): string => join(dataDir, "mongodb", "account.json");

/** Once: a secret that is there stays. Renamed when it is whole: a start may be killed at any moment. */
function writeSecret(file: string, make: () => string): void {
  if (existsSync(file)) return;
  writeFileSync(`${file}.new`, make(), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The URL of a private server as its owner, with the database of the project. */
export function toMongoDbUrl(dataDir: string, port: number): string {
  const { password } = JSON.parse(readFileSync(accountFile(dataDir), "utf8")) as { password: string }; // written by prepare
  return `mongodb://${ACCOUNT}:${password}@127.0.0.1:${port}/vitrine?directConnection=true&authSource=admin`;
}

/** Before there is an account a server listens to anybody on the machine, for what makes it a set and the first account. */
const toStrangersUrl = (port: number): string => `mongodb://127.0.0.1:${port}/vitrine?directConnection=true`;

/** Version and kind of the server that a URL leads to. */
export async function readMongoDbServer(
  url: string,
): Promise<{ readonly version: string; readonly kind: "mongod" | "secantusd-rs" }> {
  const mongo = openMongoDb(url, { poolSize: 1 });
  try {
    const info = await mongo.db.admin().command({ buildInfo: 1 });
    const hello = await mongo.db.admin().command({ hello: 1 });
    return { version: String(info.version), kind: hello.setName === "secantus" ? "secantusd-rs" : "mongod" };
  } finally {
    await mongo.close();
  }
}

/** Makes a new server the primary of a set of one; rejects until it is. */
async function becomePrimary(port: number): Promise<void> {
  const mongo = openMongoDb(toStrangersUrl(port), { poolSize: 1 });
  try {
    const admin = mongo.db.admin();
    const hello = await admin.command({ hello: 1 });
    if (hello.isWritablePrimary === true) return;
    if (!hello.setName) {
      const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
      await admin.command({ replSetInitiate: { _id: "vitrine", members } });
    }
    await sleep(50);
    throw new Error("not primary yet");
  } finally {
    await mongo.close();
  }
}

/**
 * What cannot be said on both kinds' command lines; answers the version. A loader that is killed leaves its
 * transaction open, and every other writer of those documents waits until the server ends it: after a minute,
 * unless told otherwise.
 * @throws VitrineError SETUP_FAILED when the server has another account than the data folder knows
 */
async function setUp(url: string, port: number): Promise<string> {
  const mongo = openMongoDb(url, { poolSize: 1 });
  try {
    const admin = mongo.client.db("admin");
    const adjust = () => admin.command({ setParameter: 1, transactionLifetimeLimitSeconds: 5 });
    await adjust().catch(async (error: unknown) => {
      if (!isLoginRefused(error)) throw error;
      await createFirstAccount(toStrangersUrl(port), { user: ACCOUNT, password: new URL(url).password });
      // The account that it has may be ours all the same: another has just made it, or the server had just begun.
      await adjust().catch((again: unknown) => {
        throw isLoginRefused(again) ? unknownAccount(again) : again;
      });
    });
    return String((await admin.command({ buildInfo: 1 })).version);
  } finally {
    await mongo.close();
  }
}

const unknownAccount = (cause: unknown): VitrineError =>
  new VitrineError(
    "SETUP_FAILED",
    "The private MongoDB has an account of which the data folder has no password: `mongodb/account.json` was lost or changed, or another user of this machine was there first. Stop what uses the folder and remove `mongodb` in it: the mirror is built anew.",
    { cause },
  );

/** Cheaper than the driver, which waits two seconds for a port that nobody listens on. */
const knock = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
  });
