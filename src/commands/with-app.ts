import { type App, openApp, openSource, type Source } from "../app/open-app.ts";
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

/** The same with MariaDB alone: MongoDB is neither needed nor started. */
export async function withSource<T>(
  context: CommandContext,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  const { logger, progress, signal } = context;
  const source = await openSource(context.config(), { logger, progress, signal });
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}
