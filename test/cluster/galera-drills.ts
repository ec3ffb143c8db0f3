import { setTimeout as sleep } from "node:timers/promises";
import { type GaleraFault, toGaleraDrill } from "./galera-drill.ts";
import { waitForPosition } from "./galera-shop.ts";

/** The node that the loader and all terminals are on is gone at once, and comes back with what it lacks. */
export const nodeKilled: GaleraFault = {
  name: "the loader's node is killed, and comes back",
  fault: "kill -9 of a node; IST",
  async strike(shop) {
    const victim = shop.current();
    const judge = shop.other(victim);
    const since = Date.now();
    await victim.kill();
    const recoverMs = await waitForPosition(judge, since);
    const mark = victim.log().length;
    await shop.cluster.bringBack(victim);
    return { recoverMs, judge: victim, notes: [toTransfer(victim.log().slice(mark))] };
  },
};

const nodeReplaced: GaleraFault = {
  name: "the loader's node is killed, and a new one takes its place",
  fault: "kill -9 of a node and its disk; SST",
  async strike(shop) {
    const victim = shop.current();
    const since = Date.now();
    await victim.kill();
    victim.empty();
    const recoverMs = await waitForPosition(shop.other(victim), since);
    const mark = victim.log().length;
    await shop.cluster.bringBack(victim);
    return { recoverMs, judge: victim, notes: [toTransfer(victim.log().slice(mark))] };
  },
};

const nodeFrozen: GaleraFault = {
  name: "the loader's node stands still, and goes on",
  fault: "SIGSTOP of a node for eight seconds",
  async strike(shop) {
    const victim = shop.current();
    const judge = shop.other(victim);
    const since = Date.now();
    victim.freeze();
    try {
      const recoverMs = await waitForPosition(judge, since);
      await sleep(Math.max(0, since + 8000 - Date.now()));
      return { recoverMs, judge };
    } finally {
      victim.thaw();
      await victim.synced();
    }
  },
};

const nodeCutOff: GaleraFault = {
  name: "the loader's node is cut off from the others",
  fault: "a minority of one for six seconds",
  async strike(shop) {
    const victim = shop.current();
    const judge = shop.other(victim);
    const since = Date.now();
    await victim.isolate();
    try {
      const recoverMs = await waitForPosition(judge, since);
      await sleep(Math.max(0, since + 6000 - Date.now()));
      return { recoverMs, judge };
    } finally {
      await victim.rejoin();
    }
  },
};

/** Which of the two ways it came back by, as its log says. */
const toTransfer = (log: string): string =>
  /rsync SST completed on joiner/.test(log)
    ? "It came back by a whole copy (SST)."
    : "It came back with what it lacked (IST).";

/** Nodes that go away and come back. */
export const galeraNodes = [nodeKilled, nodeReplaced, nodeFrozen, nodeCutOff].map(toGaleraDrill);
