import { VitrineError } from "../errors.ts";
import type { AdmissionMetrics } from "./admission-metrics.ts";
import { type AskedWork, createFairShares, type WorkLimits } from "./fair-shares.ts";

/** How much work is under way at a time, and how much waits for it. */
export interface AdmissionLimits extends WorkLimits {
  /** Operations that wait. */
  readonly maxWaiting: number;
  /** How long one of them waits, in milliseconds. */
  readonly maxWaitMs: number;
}

/** Called once, when the work is over. */
export type EndWork = () => void;

/** Lets as much work begin as the gateway can do at a time, each client its share; the rest waits a little. */
export interface Admission {
  /**
   * @param onLeave registers what is called when nobody waits for the work any more
   * @returns at once when it may begin at once @throws VitrineError OVERLOADED, CANCELLED
   */
  enter(work: AskedWork, onLeave: (left: () => void) => void): EndWork | Promise<EndWork>;
}

interface Asked extends AskedWork {
  begin(): void;
  refuse(error: VitrineError): void;
}

/** Creates the admission of one gateway: all its roads, roles and clients share it. */
export function createAdmission(limits: AdmissionLimits, metrics?: AdmissionMetrics): Admission {
  const shares = createFairShares<Asked>(limits);
  metrics?.observe(() => shares);

  const beginThose = () => {
    const now = performance.now();
    for (let next = shares.takeNext(now); next; next = shares.takeNext(now)) next.begin();
  };
  const overload = (why: string, reason: Parameters<AdmissionMetrics["refused"]>[0]) => {
    metrics?.refused(reason);
    return new VitrineError(
      "OVERLOADED",
      `The server has as much work as it takes, and ${why}. Ask again later.`,
      {
        details: { retryAfterSeconds: Math.max(Math.ceil(limits.maxWaitMs / 1000), 1) },
      },
    );
  };
  const endOf = (asked: Asked): EndWork => {
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      shares.finish(asked, performance.now());
      beginThose();
    };
  };
  /** One that waits for more than its turn is sent away, from whomever most wait. */
  const makeRoom = () => {
    if (shares.waiting <= limits.maxWaiting) return;
    const last = shares.newestOfLongest();
    if (last && shares.remove(last))
      last.refuse(overload(`${limits.maxWaiting} operations wait already`, "full"));
  };

  return {
    enter({ client, cost }, onLeave) {
      let isBegun = false;
      let settle: { readonly begin: () => void; readonly refuse: (error: VitrineError) => void } | undefined;
      const asked: Asked = {
        client,
        cost,
        begin() {
          isBegun = true;
          settle?.begin();
        },
        refuse: (error) => settle?.refuse(error),
      };
      shares.add(asked, performance.now());
      beginThose();
      if (isBegun) return endOf(asked);
      return new Promise<EndWork>((resolve, reject) => {
        const startedAt = performance.now();
        const leave = (error: VitrineError) => shares.remove(asked) && settle?.refuse(error);
        const timer = setTimeout(
          () => leave(overload(`this has waited ${limits.maxWaitMs} ms`, "late")),
          limits.maxWaitMs,
        );
        const over = () => {
          clearTimeout(timer);
          metrics?.waited((performance.now() - startedAt) / 1000);
        };
        settle = {
          begin() {
            over();
            resolve(endOf(asked));
          },
          refuse(error) {
            over();
            reject(error);
          },
        };
        onLeave(() => leave(new VitrineError("CANCELLED", "The client closed the connection.")));
        makeRoom();
      });
    },
  };
}

/** One text is read at a time, since nothing else runs meanwhile; how many wait, and how long, is as for operations. */
export const createTextTurns = (
  limits: Pick<AdmissionLimits, "maxWaiting" | "maxWaitMs">,
  metrics?: AdmissionMetrics,
): Admission =>
  createAdmission(
    { ...limits, atOnce: 1, costAtOnce: Number.POSITIVE_INFINITY },
    // What is under way are operations.
    metrics && { ...metrics, observe: () => undefined },
  );
