import type { App } from "../app/open-app.ts";
import type { CommandContext } from "./context.ts";
import { describeStatus } from "./describe-status.ts";
import { readStackStatus } from "./read-status.ts";

/** Tells that a stack is up, and what it has. */
export async function reportStatus(context: CommandContext, app: App): Promise<void> {
  const status = await readStackStatus(app);
  for (const line of describeStatus(status)) context.print(line);
  context.print("Ctrl-C stops everything.");
  context.printJson(status);
}
