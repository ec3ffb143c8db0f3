import type { RoleLimits } from "../models/role-limits.ts";
import { createBudget } from "./budget.ts";
import type { GatewayOptions } from "./yoga.ts";

/** The options of a gateway as they are for a role: its limits where these are narrower, and its budget. */
export function limitRole<Options extends GatewayOptions>(
  options: Options,
  role: string,
  roleLimits: RoleLimits,
): Options {
  const { limits, metrics } = options;
  const { first, depth, costPerMinute, subscriptions } = roleLimits;
  const hasBudget = costPerMinute !== undefined || subscriptions !== undefined;
  return {
    ...options,
    limits: {
      ...limits,
      maxDepth: Math.min(limits.maxDepth, depth ?? limits.maxDepth),
      ...(first === undefined ? {} : { maxFirst: Math.min(first, limits.maxFirst ?? first) }),
    },
    ...(hasBudget ? { budget: createBudget(role, roleLimits, metrics.admission) } : {}),
  };
}
