import { setTimeout as sleep } from "node:timers/promises";
import { type GaleraFault, toGaleraDrill } from "./galera-drill.ts";
import { waitForPosition } from "./galera-shop.ts";
import { type NodeAbsence, nodeCutOff, nodeFrozen, nodeKilled, nodeReplaced } from "./node-absences.ts";

/** The node that the loader and all terminals are on goes away, and comes back. */
export const toNodeFault = ({ name, fault, leastMs, leave, comeBack }: NodeAbsence): GaleraFault => ({
  name: `the loader's node ${name}`,
  fault,
  async strike(shop) {
    const victim = shop.current();
    const judge = shop.other(victim);
    const since = Date.now();
    await leave(victim);
    try {
      const recoverMs = await waitForPosition(judge, since);
      await sleep(Math.max(0, since + leastMs - Date.now()));
      const how = await comeBack(shop, victim);
      return { recoverMs, judge: victim, notes: how === undefined ? [] : [how] };
    } catch (error) {
      // One that hangs ends with nothing.
      victim.thaw();
      throw error;
    }
  },
});

/** Nodes that go away and come back. */
export const galeraNodes = [nodeKilled, nodeReplaced, nodeFrozen, nodeCutOff]
  .map(toNodeFault)
  .map(toGaleraDrill);
