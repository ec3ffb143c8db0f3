import type { Command } from "commander";
import { joinApp } from "../app/open-app.ts";
import { VitrineError } from "../errors.ts";
import type { CommandContext } from "./context.ts";
import { describeStatus, readStackStatus } from "./read-status.ts";

/** `vitrine status`: how the stack of this data folder is; exit code 0 only when it is healthy. */
export function registerStatus(command: Command, context: CommandContext): void {
  command.action(async () => {
    const { logger, signal } = context;
    const config = context.config();
    const app = await joinApp(config, { logger, signal });
    if (!app)
      throw new VitrineError(
        "UNHEALTHY",
        `No stack is running in ${config.dataDir}. \`vitrine up\` starts one.`,
        { details: { running: false, dataDir: config.dataDir } },
      );
    try {
      const status = await readStackStatus(app);
      for (const line of describeStatus(status)) context.print(line);
      context.printJson(status);
      if (!status.healthy) {
        const { problems } = status;
        throw new VitrineError("UNHEALTHY", "The stack is not healthy.", { details: { problems } });
      }
    } finally {
      await app.close();
    }
  });
}
