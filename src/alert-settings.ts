import { z } from "zod";
import { optionalUrl, whole } from "./config-values.ts";

/** Who is told of alerts, and of which lag. */
export interface AlertSettings {
  readonly webhook: string | undefined;
  readonly secret: string | undefined;
  readonly command: string | undefined;
  readonly lagSeconds: number;
}

/** Variables of alerts: a part of configSchema. */
export const alertSettings = {
  VITRINE_ALERT_WEBHOOK: optionalUrl(["http", "https"]).describe(
    "Where alerts are posted, as JSON. Default: they are told to the log.",
  ),
  VITRINE_ALERT_SECRET: z
    .string()
    .min(16)
    .optional()
    .describe("What posted alerts are signed with: at least 16 characters, known to the receiver."),
  VITRINE_ALERT_COMMAND: z
    .string()
    .min(1)
    .optional()
    .describe("A command of the shell that gets each alert as JSON on standard input, instead of a webhook."),
  VITRINE_ALERT_LAG_SECONDS: whole(60, 1, 86_400).describe(
    "A mirror that lags more than this raises an alert.",
  ),
};

const schema = z.object(alertSettings);

/** The settings that an environment states. */
export const readAlertSettings = (env: z.output<typeof schema>): AlertSettings => ({
  webhook: env.VITRINE_ALERT_WEBHOOK,
  secret: env.VITRINE_ALERT_SECRET,
  command: env.VITRINE_ALERT_COMMAND,
  lagSeconds: env.VITRINE_ALERT_LAG_SECONDS,
});

/** Alerts have one receiver, and who posts them signs them. */
export function findReceiverProblems(given: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { VITRINE_ALERT_WEBHOOK: webhook, VITRINE_ALERT_SECRET: secret } = given;
  if (webhook !== undefined && given.VITRINE_ALERT_COMMAND !== undefined)
    return ["VITRINE_ALERT_COMMAND: alerts have one receiver: leave it or VITRINE_ALERT_WEBHOOK out"];
  if (webhook !== undefined && secret === undefined)
    return ["VITRINE_ALERT_SECRET: a webhook needs it, to sign what it is sent"];
  return [];
}
