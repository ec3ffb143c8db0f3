import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import type { Alert } from "../core/alerts.ts";
import type { Logger } from "../log.ts";
import { endAfter } from "../stores/time-limit.ts";
import { waitForExit } from "../wait-for-exit.ts";

/** What a receiver is told of an alert, in the form of Standard Webhooks: `type`, `timestamp`, `data`. */
export interface AlertEvent {
  /** The same whenever the same event is told again: a receiver may drop a repeat by it. */
  readonly id: string;
  readonly type: "alert.raised" | "alert.over" | "alert.test";
  readonly timestamp: string;
  readonly data: {
    readonly kind: string;
    readonly subject: string;
    readonly message: string;
    readonly raisedAt: string;
    readonly overAt: string | null;
    /** The database that it is about. */
    readonly database: string;
  };
}

/** `taken`, or why not; `refused` is about this event, `away` about the receiver. */
export type Told =
  | { readonly outcome: "taken" }
  | { readonly outcome: "refused" | "away"; readonly reason: string };

/** Who is told. Never rejects. */
export type TellReceiver = (event: AlertEvent, signal: AbortSignal) => Promise<Told>;

/** The event of an alert that its receiver does not know of yet: first that it was raised, then that it is over. */
export function toEvent(
  alert: Alert,
  { book, database }: { readonly book: string; readonly database: string },
): AlertEvent {
  const { alertId, kind, subject, message, raisedAt, overAt, isRaiseTold } = alert;
  const what = isRaiseTold && overAt !== null ? "over" : "raised";
  return {
    id: `${book}-${alertId}-${what}`,
    type: `alert.${what}`,
    timestamp: (what === "over" && overAt !== null ? overAt : raisedAt).toISOString(),
    data: {
      ...{ kind, subject, message, database },
      raisedAt: raisedAt.toISOString(),
      overAt: what === "over" ? (overAt?.toISOString() ?? null) : null,
    },
  };
}

/** A receiver that hangs is left after so long. */
const PATIENCE_MS = 10_000;
/** What is kept of what a command says on standard error. */
const KEPT_CHARACTERS = 500;

/**
 * Posts events as JSON, signed as Standard Webhooks say: `webhook-signature` is `v1,` and the base64 of HMAC-SHA256, by the
 * secret's bytes, of `<webhook-id>.<webhook-timestamp>.<body>`, the time being seconds since 1970 when it was sent.
 */
export const createWebhook =
  (url: string, secret: string, patienceMs = PATIENCE_MS): TellReceiver =>
  async (event, signal) => {
    const body = JSON.stringify(event);
    const sentAt = Math.floor(Date.now() / 1000);
    const signature = createHmac("sha256", secret).update(`${event.id}.${sentAt}.${body}`).digest("base64");
    try {
      const answer = await fetch(url, {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json",
          "webhook-id": event.id,
          "webhook-timestamp": String(sentAt),
          "webhook-signature": `v1,${signature}`,
        },
        // Where it leads to is for the operator to say, not for the answer.
        redirect: "manual",
        signal: endAfter(patienceMs, signal),
      });
      await answer.body?.cancel();
      if (answer.ok) return { outcome: "taken" };
      const isBusy = answer.status >= 500 || answer.status === 408 || answer.status === 429;
      return { outcome: isBusy ? "away" : "refused", reason: `it answered ${answer.status}` };
    } catch (error) {
      return { outcome: "away", reason: reasonOf(error) };
    }
  };

/** `fetch failed` says nothing: its cause does. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

/**
 * Hands events as JSON to the standard input of a command of the shell: exit code 0 is taken. A daemon that it leaves behind is no
 * part of it.
 */
export const createCommand =
  (command: string, patienceMs = PATIENCE_MS): TellReceiver =>
  async (event, signal) => {
    // A group of its own, so that whatever the shell has started ends with it.
    const child = spawn("/bin/sh", ["-c", command], { stdio: ["pipe", "ignore", "pipe"], detached: true });
    const stopped = endAfter(patienceMs, signal);
    const kill = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    };
    stopped.addEventListener("abort", kill);
    if (stopped.aborted) kill();
    // A command that does not read is no fault.
    child.stdin.on("error", () => {});
    child.stdin.end(`${JSON.stringify(event)}\n`);
    child.once("exit", () => stopped.removeEventListener("abort", kill));
    try {
      const { code, said } = await waitForExit(child, KEPT_CHARACTERS);
      if (code === 0) return { outcome: "taken" };
      const how = code === null ? "it took too long, or was killed" : `it ended with ${code}`;
      return { outcome: "away", reason: `${how}: ${said.trim()}` };
    } catch (error) {
      return { outcome: "away", reason: reasonOf(error) };
    }
  };

/** For those who named no receiver: the log is read by somebody. */
export const createLogReceiver =
  (logger: Logger): TellReceiver =>
  async ({ type, data }) => {
    logger.warn({ alert: data }, type === "alert.over" ? "an alert is over" : "an alert is raised");
    return { outcome: "taken" };
  };
