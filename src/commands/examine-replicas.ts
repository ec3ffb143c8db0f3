import { setTimeout as wait } from "node:timers/promises";
import type { Source } from "../app/open-app.ts";
import type { Finding } from "./examine.ts";

/** A replica that applies what the first look saw written has it by then. */
const PAUSE_MS = 300;

/** How each server of MARIADB_READ_URL is; nothing when none is named. */
export async function examineReplicas({ replicas: opened }: Source): Promise<readonly Finding[]> {
  if (!opened) return [];
  const { replicas } = opened;
  await Promise.all(replicas.look());
  await wait(PAUSE_MS);
  await Promise.all(replicas.look());
  return replicas.states().map(({ host, behindMs, problem }) => ({
    name: `replica ${host}`,
    ok: problem === null,
    detail: problem === null ? `${behindMs} ms behind at most` : `left out of live reads: ${problem}`,
  }));
}
