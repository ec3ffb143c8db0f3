import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { loadProject } from "../load-project.ts";
import { askStatus } from "./ask-status.ts";
import type { CommandContext } from "./context.ts";
import { describeStatus } from "./describe-status.ts";

/** `vitrine status`: how the stack of this data folder is; exit code 0 only when it is healthy. */
export function registerStatus(command: Command, context: CommandContext): void {
  command.action(async () => {
    const { logger, signal } = context;
    const config = context.config();
    const project = await loadProject(config.projectFile);
    let status = await askStatus(config, project, signal);
    if (status === null) {
      // Loaded here: a stack that tells how it is spares the drivers.
      const { joinStatus } = await import("./read-status.ts");
      status = await joinStatus(config, { logger, signal });
    }
    for (const line of describeStatus(status)) context.print(line);
    context.printJson(status);
    if (!status.healthy) {
      const { problems } = status;
      throw new VitrineError("UNHEALTHY", "The stack is not healthy.", { details: { problems } });
    }
  });
}
