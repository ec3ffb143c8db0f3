import type mysql from "mysql2/promise";
import { askAside, cut, isThread } from "./ask-aside.ts";

/** How often all connections are looked at, as a part of the silence that is allowed. */
const LOOKS = 4;
/** A server that cannot be asked may be busy beyond measure: by default a statement is given up after so many times the silence. */
const PATIENCE = 6;

/** What the driver knows of a connection, and its typings leave out. */
interface Core {
  readonly _command?: unknown;
  readonly stream: { readonly bytesRead: number; readonly bytesWritten: number };
}

interface Sight {
  readonly bytes: number;
  readonly since: number;
  /** The server has said once that it does not run: what was held up on the way to it may be there at the next look. */
  readonly isUnknown?: boolean;
}

/**
 * Ends connections that have died without a sign: a peer without power, an address translation that forgot them. The
 * system tells of it after 15 minutes, or two hours. While a statement runs and no byte moves for `silentMs`, the
 * server is asked over a connection of its own: a statement that runs is let be, however long it takes; one that the
 * server does not know, or has long answered, at two looks is lost. It fails as after any cut, with ETIMEDOUT.
 */
export function watchSilence(
  server: mysql.ConnectionOptions,
  silentMs: number,
  patience = PATIENCE,
): {
  add(raw: mysql.PoolConnection): void;
  remove(raw: mysql.PoolConnection): void;
  /** Ends all that are in use, with this error. */
  cutAll(error: Error): void;
  close(): void;
} {
  const sights = new Map<mysql.PoolConnection, Sight>();
  let isAsking = false;

  const look = async () => {
    const now = performance.now();
    const silent: mysql.PoolConnection[] = [];
    for (const [raw, sight] of sights) {
      const { stream, _command } = coreOf(raw);
      const bytes = stream.bytesRead + stream.bytesWritten;
      if (!_command || bytes !== sight.bytes) sights.set(raw, { bytes, since: now });
      else if (now - sight.since >= silentMs) silent.push(raw);
    }
    if (silent.length === 0) return;
    const running = await askForRunning(server, silentMs, silent);
    for (const raw of silent) {
      const sight = sights.get(raw);
      const { stream, _command } = coreOf(raw);
      if (!sight || !_command || stream.bytesRead + stream.bytesWritten !== sight.bytes) continue;
      const isUnknown = running && !running.has(raw.threadId);
      const isLost = running ? isUnknown && sight.isUnknown : now - sight.since >= patience * silentMs;
      if (isLost) cut(raw, lost(silentMs));
      else sights.set(raw, { ...sight, isUnknown: isUnknown ?? false });
    }
  };

  const timer = setInterval(() => {
    if (isAsking || sights.size === 0) return;
    isAsking = true;
    void look().finally(() => {
      isAsking = false;
    });
  }, silentMs / LOOKS);
  timer.unref();
  return {
    add: (raw) => sights.set(raw, { bytes: -1, since: performance.now() }),
    remove: (raw) => sights.delete(raw),
    cutAll: (error) => {
      for (const raw of sights.keys()) cut(raw, error);
    },
    close: () => clearInterval(timer),
  };
}

/**
 * Threads that are at work, or were until a moment ago: their answer may be on its way. Undefined: nobody says. Inside
 * a procedure a thread belongs to the procedure's definer, and no list shows it to the pool's own account; but the
 * server tells that it is there.
 */
async function askForRunning(
  server: mysql.ConnectionOptions,
  silentMs: number,
  asked: readonly mysql.PoolConnection[],
): Promise<ReadonlySet<number | null> | undefined> {
  const sql = `select id, command <> 'Sleep' or time_ms < ? as isRunning
    from information_schema.processlist where id in (?)`;
  const ids = asked.map(({ threadId }) => threadId);
  const rows = await askAside(server, sql, [silentMs / 2, ids], silentMs);
  if (!rows) return undefined;
  const running = new Set(
    rows.filter(({ isRunning }) => Number(isRunning) === 1).map(({ id }) => Number(id)),
  );
  for (const id of ids) {
    if (rows.some((row) => Number(row.id) === id)) continue;
    if ((await isThread(server, id, silentMs)) ?? true) running.add(Number(id));
  }
  return running;
}

const coreOf = (promised: mysql.PoolConnection): Core =>
  (promised as unknown as { readonly connection: Core }).connection;

const lost = (silentMs: number): Error =>
  Object.assign(
    new Error(`The connection was silent for ${silentMs} ms, and its server does not know why.`),
    {
      code: "ETIMEDOUT",
    },
  );
