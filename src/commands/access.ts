import type { Command } from "commander";
import { describeAccess } from "../access/describe-access.ts";
import { VitrineError } from "../errors.ts";
import { loadProject } from "../load-project.ts";
import type { CommandContext } from "./context.ts";
import { listMatrix, listRole } from "./list-access.ts";

/** `vitrine access [ROLE]`: who may see what; all roles beside each other, or one in full. No server is asked. */
export function registerAccess(command: Command, context: CommandContext): void {
  command.action(async (role: string | undefined) => {
    const all = describeAccess(await loadProject(context.config().projectFile));
    const chosen = role === undefined ? all : all.filter((one) => one.role === role);
    if (role !== undefined && chosen.length === 0)
      throw new VitrineError(
        "BAD_INPUT",
        `There is no role ${role}. There are: ${all.map((one) => one.role).join(", ") || "none"}.`,
      );
    for (const line of role === undefined ? listMatrix(all) : chosen.flatMap(listRole)) context.print(line);
    context.printJson({ roles: chosen });
  });
}
