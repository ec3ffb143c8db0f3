import type { z } from "zod";
import { whole } from "./config-values.ts";

/** Variables of work under way: a part of configSchema. */
export const admissionSettings = {
  VITRINE_MAX_OPERATIONS: whole(16, 0, 10_000).describe(
    "Operations under way at a time, of which each client has its share; more wait a little, and are sent away then (`OVERLOADED`). 0: as many as come.",
  ),
  VITRINE_MAX_WORK: whole(400_000, 100, 1_000_000_000).describe(
    "What the operations under way may cost together; one that costs more runs alone.",
  ),
  VITRINE_MAX_WAITING: whole(1000, 0, 100_000).describe("Operations that wait until they may begin."),
  VITRINE_MAX_WAIT_MS: whole(2000, 0, 60_000).describe("How long an operation waits until it may begin."),
  VITRINE_PROXIES: whole(0, 0, 10).describe(
    "Proxies in front that add to `X-Forwarded-For` whom they have a request from, so that each client has a share; 0: the header says nothing.",
  ),
};

/** The limits that an environment states. */
export interface AdmissionSettings {
  /** Null: all may begin at once. */
  readonly admission: {
    readonly atOnce: number;
    readonly costAtOnce: number;
    readonly maxWaiting: number;
    readonly maxWaitMs: number;
  } | null;
  /** Proxies in front. */
  readonly proxies: number;
}

/** The limits that an environment states. */
export const readAdmissionSettings = (
  env: {
    readonly [Name in keyof typeof admissionSettings]: z.output<(typeof admissionSettings)[Name]>;
  },
): AdmissionSettings => ({
  admission:
    env.VITRINE_MAX_OPERATIONS === 0
      ? null
      : {
          atOnce: env.VITRINE_MAX_OPERATIONS,
          costAtOnce: env.VITRINE_MAX_WORK,
          maxWaiting: env.VITRINE_MAX_WAITING,
          maxWaitMs: env.VITRINE_MAX_WAIT_MS,
        },
  proxies: env.VITRINE_PROXIES,
});
