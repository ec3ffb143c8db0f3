import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { findMongoDb } from "../../src/local/find-programs.ts";
import { describeMongoDb, toMongoDbUrl } from "../../src/local/private-mongodb.ts";
import { ensureServer, stopServer } from "../../src/local/private-server.ts";
import type { AtEnd } from "./open-parts.ts";

/** A MongoDB of a drill's own, in a folder that has room for more; both are gone at the end. */
export async function openOwnMongoDb(atEnd: AtEnd): Promise<{ readonly url: string; readonly dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-drill-"));
  atEnd(() => rm(dir, { recursive: true, force: true }));
  const program = findMongoDb(readConfig(process.env));
  if (!program) throw new Error("MongoDB is not installed here: run `npm test` once.");
  const server = await ensureServer(describeMongoDb(dir, program));
  atEnd(() => stopServer(server));
  return { url: toMongoDbUrl(dir, server.port), dir };
}
