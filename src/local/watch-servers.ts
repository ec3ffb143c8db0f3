import { setTimeout as sleep } from "node:timers/promises";
import type { VitrineError } from "../errors.ts";
import type { Logger } from "../log.ts";
import { diedError, type PrivateServer, type ServerSpec } from "./private-server.ts";
import { isRunning } from "./process-table.ts";

const LOOK_EVERY_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** A server that ran this long before it died had started well: the pause is short again. */
const WELL_MS = 60_000;

export interface WatchOptions {
  readonly logger: Logger;
  /** Starts a server again; null to report only. */
  readonly revive: ((spec: ServerSpec) => Promise<PrivateServer>) | null;
}

/** Looks after servers, whoever started them: reports one that ended by itself and revives it, with growing pauses. */
export function watchServers(
  specs: readonly ServerSpec[],
  servers: readonly PrivateServer[],
  { logger, revive }: WatchOptions,
): { onDied(listener: (error: VitrineError) => void): void; stop(): Promise<void> } {
  const stopped = new AbortController();
  const listeners: ((error: VitrineError) => void)[] = [];

  const watch = async (spec: ServerSpec, first: PrivateServer): Promise<void> => {
    let server = first;
    let since = Date.now();
    let pause = LOOK_EVERY_MS;
    for (;;) {
      await sleep(LOOK_EVERY_MS, undefined, { ref: false, signal: stopped.signal });
      if (isRunning(server)) continue;
      const error = diedError(spec);
      logger.error({ server: spec.name, pid: server.pid }, error.message);
      for (const listener of listeners) listener(error);
      if (!revive) return;
      if (Date.now() - since > WELL_MS) pause = LOOK_EVERY_MS;
      for (;;) {
        await sleep(pause, undefined, { ref: false, signal: stopped.signal });
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        try {
          const next = await revive(spec);
          if (next.port !== server.port)
            logger.error(
              { server: spec.name, port: next.port },
              "another program took its port: restart Vitrine",
            );
          server = next;
          since = Date.now();
          logger.warn({ server: spec.name, pid: server.pid, port: server.port }, "server started again");
          break;
        } catch (failure) {
          logger.error({ err: failure, server: spec.name }, "server could not be started again");
        }
      }
    }
  };

  const watches = specs.map((spec) => {
    const server = servers.find((one) => one.name === spec.name);
    return server ? watch(spec, server).catch(() => {}) : undefined; // rejects when stopped
  });
  return {
    onDied: (listener) => {
      listeners.push(listener);
    },
    // Waits for a start under way, so that the server it starts is seen by whoever stops them.
    stop: async () => {
      stopped.abort();
      await Promise.all(watches);
    },
  };
}
