import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { VitrineError } from "../errors.ts";
import type { RoleLimits } from "../models/role-limits.ts";
import type { AdmissionMetrics } from "./admission-metrics.ts";

/** What each client of a role may do, over all its connections. */
export interface Budget {
  /** Counts work that is about to begin, in fields. @throws VitrineError OVERLOADED, LIMIT_EXCEEDED for one that never may */
  spend(client: string, cost: number): Promise<void>;
  /** Counts a subscription until what is returned is called. @throws VitrineError LIMIT_EXCEEDED */
  follow(client: string): () => void;
}

const SECONDS = 60;

/** Keeps what a role may do in a minute, and at a time, for each client that has it; one for all gateways of the role. */
export function createBudget(role: string, limits: RoleLimits, metrics?: AdmissionMetrics): Budget {
  const { costPerMinute, subscriptions } = limits;
  const spent =
    costPerMinute === undefined
      ? undefined
      : new RateLimiterMemory({ points: costPerMinute, duration: SECONDS, keyPrefix: role });
  const open = new Map<string, number>();
  return {
    async spend(client, cost) {
      if (spent === undefined || costPerMinute === undefined) return;
      const allowed = `The role ${role} may ask for ${costPerMinute} of cost per minute`;
      if (cost > costPerMinute)
        throw new VitrineError(
          "LIMIT_EXCEEDED",
          `${allowed}, and this operation costs ${cost}. Ask for smaller pages or fewer fields.`,
        );
      try {
        await spent.consume(client, cost);
      } catch (refusal) {
        // What was not done is not counted: something smaller may still be.
        await spent.reward(client, cost);
        metrics?.refused("budget");
        const seconds = Math.max(Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000), 1); // it rejects with nothing else
        throw new VitrineError("OVERLOADED", `${allowed}. Ask again in ${seconds} seconds.`, {
          details: { retryAfterSeconds: seconds },
        });
      }
    },
    follow(client) {
      const before = open.get(client) ?? 0;
      if (subscriptions !== undefined && before >= subscriptions)
        throw new VitrineError(
          "LIMIT_EXCEEDED",
          `The role ${role} may have ${subscriptions} subscriptions open at a time. End one of them first.`,
        );
      open.set(client, before + 1);
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        const left = (open.get(client) ?? 1) - 1;
        if (left > 0) open.set(client, left);
        else open.delete(client);
      };
    },
  };
}
