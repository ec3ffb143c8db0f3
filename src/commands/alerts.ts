import type { Command } from "commander";
import { createReceiver } from "../app/keep-schedules.ts";
import { type Alert, readLatestAlerts } from "../core/alerts.ts";
import { VitrineError } from "../errors.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

/** How many are told. */
const LATEST = 50;

/** `vitrine alerts`: what is wrong now, and what was lately. */
export function registerAlerts(command: Command, context: CommandContext): void {
  command
    .option("--test", "tell the receiver that the settings name an alert that means nothing")
    .action(({ test }: { test?: true }) => (test ? tellTest(context) : listAlerts(context)));
}

function listAlerts(context: CommandContext): Promise<void> {
  return withSource(context, async ({ reader }) => {
    const alerts = await readLatestAlerts(reader, LATEST);
    for (const alert of alerts) context.print(describe(alert));
    if (alerts.length === 0) context.print("No alert was raised.");
    context.printJson(alerts);
  });
}

function describe({ kind, message, raisedAt, overAt, isRaiseTold }: Alert): string {
  const until = overAt === null ? "goes on" : `over since ${overAt.toISOString()}`;
  return `${raisedAt.toISOString()}  ${kind}: ${message} (${until}${isRaiseTold ? "" : ", not told yet"})`;
}

async function tellTest(context: CommandContext): Promise<void> {
  const at = new Date().toISOString();
  const told = await createReceiver(context.config(), context.logger)(
    {
      id: `test-${crypto.randomUUID()}`,
      type: "alert.test",
      timestamp: at,
      data: {
        ...{ kind: "test", subject: "test", message: "Nothing is wrong: this is a test.", database: "" },
        ...{ raisedAt: at, overAt: null },
      },
    },
    context.signal,
  );
  if (told.outcome !== "taken")
    throw new VitrineError(
      "UNHEALTHY",
      `The receiver of alerts did not take the test: ${told.reason}. VITRINE_ALERT_WEBHOOK or VITRINE_ALERT_COMMAND names it.`,
    );
  context.print("The receiver took the test.");
  context.printJson({ taken: true });
}
