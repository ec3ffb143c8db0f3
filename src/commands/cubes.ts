import type { Command } from "commander";
import type { CommandContext } from "./context.ts";
import { describeCubes, readCubes } from "./describe-cubes.ts";
import { withSource } from "./with-app.ts";

/** `vitrine cubes`: what is kept ready of each cube, and what was asked that is not. */
export function registerCubes(command: Command, context: CommandContext): void {
  command.action(() =>
    withSource(context, async ({ admin, project }) => {
      const reports = await readCubes(
        admin,
        project.domains.flatMap(({ models }) => models),
      );
      for (const line of describeCubes(reports)) context.print(line);
      context.printJson({ cubes: reports });
    }),
  );
}
