import { setTimeout as wait } from "node:timers/promises";
import type { Source } from "../app/open-app.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { readReplicas } from "../stores/mariadb/server-facts.ts";
import type { Finding } from "./examine.ts";
import { describeStop } from "./judge-server.ts";

/** A replica that applies what the first look saw written has it by then. */
const PAUSE_MS = 300;

/** How each server of MARIADB_READ_URL is; nothing when none is named. */
export async function examineReplicas({ replicas: opened }: Source): Promise<readonly Finding[]> {
  if (!opened) return [];
  const { replicas } = opened;
  await Promise.all(replicas.look());
  await wait(PAUSE_MS);
  await Promise.all(replicas.look());
  return Promise.all(
    replicas.states().map(async ({ host, behindMs, problem }) => {
      const name = `replica ${host}`;
      if (problem === null) return { name, ok: true, detail: `${behindMs} ms behind at most` };
      const stops = await readStops(replicas.readers.get(host));
      return { name, ok: false, detail: [`left out of live reads: ${problem}`, ...stops].join("; ") };
    }),
  );
}

/** What keeps it from following, as far as it says so: it may be away, or its account may not ask. */
async function readStops(pool: MariaDb | undefined): Promise<readonly string[]> {
  const channels = pool ? await readReplicas(pool).catch(() => null) : null;
  return (channels ?? []).flatMap((channel) => describeStop(channel) ?? []);
}
