import { type App, openApp } from "../app/open-app.ts";
import type { CommandContext } from "./context.ts";

/** Runs `work` on the stack of the data folder, which is started for as long when none runs. */
export async function withApp<T>(
  context: CommandContext,
  work: (app: App) => Promise<T>,
  overrides: Readonly<Record<string, string | undefined>> = {},
): Promise<T> {
  const { logger, progress, signal } = context;
  const app = await openApp(context.config(overrides), { logger, progress, signal });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
