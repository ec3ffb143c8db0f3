import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Alert } from "../core/alerts.ts";
import { readNewestRuns } from "../core/read-runs.ts";
import { readStates } from "../core/schedules.ts";
import { readSourceStatus } from "../core/source-status.ts";
import type { Logger } from "../log.ts";
import { findRunsOf, type Look } from "../monitor/find-conditions.ts";
import { createCommand, createLogReceiver, createWebhook, type TellReceiver } from "../monitor/send-alert.ts";
import { keepSchedule, type RunVerb } from "./keep-schedule.ts";
import type { Source } from "./open-app.ts";
import { watchAlerts } from "./watch-alerts.ts";
import { checkTriggers } from "./watch-capture.ts";

/** A run that failed longer ago is no news: only an alert that goes on is judged by it. */
const RECENT_DAYS = 7;

/**
 * Runs what the project schedules, and raises alerts, until the signal is aborted. Any number of nodes may: each schedule, and each
 * alert, has one of them at a time.
 */
export async function keepSchedules(app: Source, runVerb: RunVerb, signal: AbortSignal): Promise<void> {
  const { project, loader: db, logger, config } = app;
  await Promise.all([
    ...Object.entries(project.schedules ?? {}).map(([name, schedule]) =>
      keepSchedule(name, schedule, { db, logger, runVerb }, signal),
    ),
    watchAlerts(
      {
        ...{ db, logger, look: (raised) => lookAround(app, raised), tell: createReceiver(config, logger) },
        outages: join(config.dataDir, "outages.json"),
      },
      signal,
    ),
  ]);
}

/** Whom the settings name. */
export function createReceiver({ alerts }: Pick<Config, "alerts">, logger: Logger): TellReceiver {
  const { webhook, secret, command } = alerts;
  if (webhook !== undefined && secret !== undefined) return createWebhook(webhook, secret);
  return command === undefined ? createLogReceiver(logger) : createCommand(command);
}

/** What alerts are about, as it is now. `raised`: alerts that go on. */
export async function lookAround(
  app: Pick<Source, "admin" | "loader" | "project"> & { readonly config: Pick<Config, "alerts"> },
  raised: readonly Alert[],
): Promise<Look> {
  const { loader: db, project, config } = app;
  const models = project.domains.flatMap((domain) => domain.models);
  const schedules = project.schedules ?? {};
  const [{ models: statuses }, runs, states, { problem }] = await Promise.all([
    readSourceStatus(db, models),
    readNewestRuns(db, { days: RECENT_DAYS, kept: findRunsOf(raised) }),
    readStates(db, Object.keys(schedules)),
    checkTriggers(app),
  ]);
  return {
    ...{ runs, schedules, states },
    models: [...statuses.values()],
    lagLimitMs: config.alerts.lagSeconds * 1000,
    capture: problem,
    now: new Date(),
  };
}
