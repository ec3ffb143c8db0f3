import { setTimeout as sleep } from "node:timers/promises";
import mysql from "mysql2/promise";
import { chooseWrite, type OwnOrders, type Write } from "./choose-write.ts";
import type { Ledger } from "./ledger.ts";
import { createRandom, type Random } from "./random.ts";

/** Terminals of the shop: they write plain SQL to MariaDB and know nothing of the mirror. */
export interface Writers {
  /** Lets each finish what it does. */
  stop(): Promise<void>;
  /** Runs `work` between two writes of every terminal. */
  pause(work: () => Promise<void>): Promise<void>;
}

/** Starts one terminal for each element of `orders`; those outlive it. */
export function startWriters(
  url: string,
  ledger: Ledger,
  orders: readonly OwnOrders[],
  seed: number,
): Writers {
  const stop = new AbortController();
  let gate: Promise<void> | undefined;
  let resting = 0;
  const rest = async () => {
    resting += 1;
    await gate;
    resting -= 1;
  };
  const running = orders.map((own, index) => {
    const random = createRandom(seed * 31 + index);
    const choose = () => chooseWrite(own, index, orders.length, random);
    return runTerminal({ url, ledger, own, random, choose, rest, signal: stop.signal });
  });
  return {
    stop: async () => {
      stop.abort();
      await Promise.all(running);
    },
    pause: async (work) => {
      let lift: () => void = () => undefined;
      gate = new Promise((resolve) => {
        lift = resolve;
      });
      while (resting < orders.length) await sleep(5);
      try {
        await work();
      } finally {
        // Whatever they knew of their orders may be of another time.
        for (const own of orders) own.clear();
        gate = undefined;
        lift();
      }
    },
  };
}

interface Terminal {
  readonly url: string;
  readonly ledger: Ledger;
  readonly own: OwnOrders;
  readonly random: Random;
  readonly choose: () => Write;
  readonly rest: () => Promise<void>;
  readonly signal: AbortSignal;
}

async function runTerminal(terminal: Terminal): Promise<void> {
  const { url, ledger, own, random, choose, rest, signal } = terminal;
  let connection: mysql.Connection | undefined;
  while (!signal.aborted) {
    await rest();
    connection ??= await connect(url);
    if (!connection) {
      await sleep(50);
      continue;
    }
    const write = choose();
    try {
      await connection.query("start transaction");
      for (const [sql, values] of write.statements) await connection.query(sql, [...values]);
      // Some hold their transaction open: its changes commit after changes with larger ids.
      if (random.below(100) < 6) await sleep(random.between(20, 400));
      await connection.query("commit");
      ledger.note(write.row, write.state);
      if (write.order?.known) own.set(write.order.id, write.order.known);
      else if (write.order) own.delete(write.order.id);
    } catch (error) {
      if (isRefusal(error)) await connection.query("rollback").catch(() => undefined);
      else {
        ledger.doubt(write.row, write.state);
        // Nobody knows how this order is now, so nothing more is done to it.
        if (write.order) own.delete(write.order.id);
        connection.destroy();
        connection = undefined;
      }
    }
    await sleep(random.below(6));
  }
  connection?.destroy();
}

async function connect(url: string): Promise<mysql.Connection | undefined> {
  const connection = await mysql.createConnection({ uri: url, connectTimeout: 1000 }).catch(() => undefined);
  connection?.on("error", () => undefined);
  await connection?.query("set time_zone = '+00:00'").catch(() => undefined);
  return connection;
}

/** MariaDB said no (a deadlock, a rule), so nothing was written; a lost connection says nothing. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !("errno" in error) || !("sqlState" in error)) return false;
  return Number(error.errno) > 0 && ![1053, 1927, 2006, 2013].includes(Number(error.errno));
}
