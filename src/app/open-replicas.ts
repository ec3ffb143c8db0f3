import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "../config.ts";
import { followReplicas, type Replicas } from "../freshness/replicas.ts";
import type { DocumentStore } from "../stores/document-store.ts";
import { addressesByHost } from "../stores/mariadb/address-hosts.ts";
import { type MariaDb, openMariaDb } from "../stores/mariadb/mariadb.ts";
import { spreadLiveStore } from "../stores/mariadb/spread-live-store.ts";

/** The servers of MARIADB_READ_URL, each with a pool of its own. */
export interface OpenReplicas {
  readonly replicas: Replicas;
  /** The live store of the primary, and those of replicas for reads that name one. */
  readonly live: DocumentStore;
  /** The pool and the store of one that is near enough, or has all of a moment, asked now; null: none is. */
  take(asOf: string | undefined): Promise<{ readonly reader: MariaDb; readonly live: DocumentStore } | null>;
  close(): Promise<void>;
}

/** How often `take` asks, and how long it waits in between. */
const LOOKS = 4;
const PAUSE_MS = 100;
/** A look is waited for so long. */
const LOOK_MS = 2000;
/** A read of a replica that hangs is given up, for the primary answers it: as soon as that one cannot say that it is at work. */
const reading = { awaitsCluster: true, silentMs: 2000, patience: 1 } as const;

/**
 * Begins to look at them; nothing of it is waited for.
 * @param openLive opens the store that reads through a pool @throws VitrineError CONFIG_INVALID
 */
export function openReplicas(
  url: string,
  primary: MariaDb,
  { poolSize, readMaxLagMs }: Pick<Config, "poolSize" | "readMaxLagMs">,
  openLive: (reader: MariaDb) => DocumentStore,
): OpenReplicas {
  const addresses = [...addressesByHost(url)];
  const openAll = (size: number) =>
    new Map(addresses.map(([host, address]) => [host, openMariaDb(address, { size, ...reading })]));
  const pools = openAll(poolSize);
  // A look that waits for its turn behind queries would make a busy server an old one.
  const looks = openAll(1);
  const replicas = followReplicas({ primary, replicas: looks, readers: pools, maxLagMs: readMaxLagMs });
  const stores = new Map([...pools].map(([host, pool]) => [host, openLive(pool)]));
  return {
    ...{ replicas, live: spreadLiveStore(openLive(primary), stores) },
    async take(asOf) {
      // The first look may be just before what a replica had already applied.
      for (let turn = 0; turn < LOOKS; turn++) {
        // Nobody waits for one that hangs while another is there.
        for await (const _ of asTheyEnd(replicas.look(), LOOK_MS)) {
          const node = await replicas.forRequest().choose({ asOf });
          const [reader, store] = node ? [pools.get(node.host), stores.get(node.host)] : [];
          if (reader && store) return { reader, live: store };
        }
        await wait(PAUSE_MS);
      }
      return null;
    },
    close: async () => {
      replicas.close();
      await Promise.allSettled([...pools.values(), ...looks.values()].map((pool) => pool.close()));
    },
  };
}

/** Tells of each as soon as it has ended, and of no more when the time is up. */
async function* asTheyEnd(all: readonly Promise<unknown>[], withinMs: number): AsyncIterable<void> {
  const over = new AbortController();
  const late = wait(withinMs, undefined, { signal: over.signal }).catch(() => undefined);
  const left = new Set<Promise<unknown>>();
  for (const one of all) {
    const ended: Promise<unknown> = one.then(() => left.delete(ended));
    left.add(ended);
  }
  let isLate = false;
  void late.then(() => {
    isLate = true;
  });
  try {
    while (left.size > 0 && !isLate) {
      await Promise.race([late, ...left]);
      yield;
    }
  } finally {
    over.abort();
  }
}
