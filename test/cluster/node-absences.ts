import type { GaleraNode } from "../support/galera-node.ts";
import type { GaleraShop } from "./galera-shop.ts";

/** A way in which a node of Galera goes away, and comes back. */
export interface NodeAbsence {
  /** What is said of the node: `is killed, and comes back`. */
  readonly name: string;
  readonly fault: string;
  /** At least so long; 0: until the product has recovered. */
  readonly leastMs: number;
  leave(node: GaleraNode): Promise<void>;
  /** Until it is as new as the others; a sentence about how, if there is one to say. */
  comeBack(shop: GaleraShop, node: GaleraNode): Promise<string | undefined>;
}

async function bringBack({ cluster }: GaleraShop, node: GaleraNode): Promise<string> {
  const mark = node.log().length;
  await cluster.bringBack(node);
  // Which of the two ways, as its log says.
  return /rsync SST completed on joiner/.test(node.log().slice(mark))
    ? "It came back by a whole copy (SST)."
    : "It came back with what it lacked (IST).";
}

/** It is gone at once. */
export const nodeKilled: NodeAbsence = {
  name: "is killed, and comes back",
  fault: "kill -9 of a node; IST",
  leastMs: 0,
  leave: (node) => node.kill(),
  comeBack: bringBack,
};

/** Its disk is gone, too. */
export const nodeReplaced: NodeAbsence = {
  name: "is killed, and a new one takes its place",
  fault: "kill -9 of a node and its disk; SST",
  leastMs: 0,
  async leave(node) {
    await node.kill();
    node.empty();
  },
  comeBack: bringBack,
};

/** Nobody is told that it is away. */
export const nodeFrozen: NodeAbsence = {
  name: "stands still, and goes on",
  fault: "SIGSTOP of a node for eight seconds",
  leastMs: 8000,
  leave: async (node) => node.freeze(),
  async comeBack(_, node) {
    node.thaw();
    await node.synced();
    return undefined;
  },
};

/** It runs, and has no majority. */
export const nodeCutOff: NodeAbsence = {
  name: "is cut off from the others",
  fault: "a minority of one for six seconds",
  leastMs: 6000,
  leave: (node) => node.isolate(),
  async comeBack(_, node) {
    await node.rejoin();
    return undefined;
  },
};
