import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openMongoDb } from "../stores/mongodb/mongodb.ts";
import type { MongoDbProgram } from "./find-programs.ts";
import type { ServerSpec } from "./private-server.ts";

/** The private MongoDB server of a data folder: a durable replica set of one, on loopback. */
export function describeMongoDb(dataDir: string, program: MongoDbProgram): ServerSpec {
  const folder = join(dataDir, "mongodb");
  // The two servers do not read each other's files.
  const data = join(folder, program.kind);
  const isMongod = program.kind === "mongod";
  const mark = [isMongod ? "--dbpath" : "--storage-path", data];
  const emptyConfig = join(folder, "secantusd.toml");
  return {
    name: "MongoDB",
    program: program.path,
    folder,
    mark,
    toArguments: (port) => [
      ...mark,
      "--port",
      String(port),
      ...(isMongod
        ? [
            "--bind_ip",
            "127.0.0.1",
            "--nounixsocket",
            "--replSet",
            "vitrine",
            "--wiredTigerCacheSizeGB",
            "0.5",
          ]
        : [
            // Without it an acknowledged write is lost when the server is killed.
            "--sync-on-commit",
            ...["--host", "127.0.0.1", "--cache-size", "512M", "--log-level", "WARNING"],
            ...["--config", emptyConfig], // else it looks for one in the user's home
          ]),
    ],
    prepare: async () => {
      mkdirSync(data, { recursive: true, mode: 0o700 });
      if (!isMongod) writeFileSync(emptyConfig, "");
    },
    ping: async (port) => {
      await knock(port);
      if (isMongod) await becomePrimary(port);
      return setUp(port);
    },
    // A client of MongoDB is the dearest thing that a short command makes.
    greet: (port) => knock(port).then(() => program.version),
  };
}

/** The URL of a private server, with the database of the project. */
export const toMongoDbUrl = (port: number): string =>
  `mongodb://127.0.0.1:${port}/vitrine?directConnection=true`;

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
  const mongo = openMongoDb(toMongoDbUrl(port), { poolSize: 1 });
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
 */
async function setUp(port: number): Promise<string> {
  const mongo = openMongoDb(toMongoDbUrl(port), { poolSize: 1 });
  try {
    const admin = mongo.client.db("admin");
    await admin.command({ setParameter: 1, transactionLifetimeLimitSeconds: 5 });
    return String((await admin.command({ buildInfo: 1 })).version);
  } finally {
    await mongo.close();
  }
}

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
