import { setTimeout as sleep } from "node:timers/promises";
import type { FaultKind } from "./fault-kind.ts";
import type { Shape } from "./fault-models.ts";
import { rebuildSteps } from "./steps.ts";

/**
 * Every model is built beside in another shape, and again in its own, while the loaders of the shape before go on; those
 * that change it are killed in the middle, or not. At the end the collections are others than at the beginning.
 */
export const changedShapes: FaultKind = {
  name: "shapes changed and changed back, loaders killed meanwhile",
  weight: 12,
  strike: async (shop, random) => {
    const inFlight = await shop.inFlight();
    const kills: string[] = [];
    const shapes: readonly Shape[] = ["other", "own"];
    for (const shape of shapes) {
      const loader = await shop.startLoader(null, shape);
      const step = random.pick(rebuildSteps);
      const when = random.pick(["before", "after"] as const);
      loader.order({
        type: "strike",
        strike: { step, when, count: random.between(1, 2), signal: "SIGKILL" },
      });
      if (await loader.struck(5000)) {
        kills.push(`${when} ${step}`);
        await shop.startLoader(null, shape);
      }
      await sleep(random.between(0, 1500));
    }
    return { what: kills.length > 0 ? `killed ${kills.join(" and ")}` : "done", inFlight };
  },
};
