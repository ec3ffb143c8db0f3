import type { Command } from "commander";
import { planUninstall, uninstall } from "../migrations/uninstall.ts";
import { rolesOf } from "../stores/mariadb/roles.ts";
import type { CommandContext } from "./context.ts";
import { withSource } from "./with-app.ts";

/** `vitrine uninstall`: what Vitrine made in the database, and with --yes its end; all else stays as it is. */
export function registerUninstall(command: Command, context: CommandContext): void {
  command.option("--yes", "drop it; without, it is named only").action(({ yes = false }: { yes?: boolean }) =>
    withSource(context, async ({ admin, project }) => {
      const tell = ({ kind, name }: { kind: string; name: string }) => context.print(`drop ${kind} ${name}`);
      const { dropped, left } = yes
        ? await uninstall(admin, project, tell)
        : await planUninstall(admin, project);
      if (!yes) for (const object of dropped) tell(object);
      if (dropped.some(({ name }) => name === "vitrine_audit"))
        context.print("With vitrine_audit goes who called which mutation (`vitrine audit` prints it).");
      for (const sentence of left) context.print(`left: ${sentence}`);
      context.print(
        yes
          ? `Dropped ${dropped.length} objects of ${admin.database}. Mirrors in MongoDB are left, and so are accounts and roles (${Object.values(rolesOf(admin.database)).join(", ")}): their administrator drops them.`
          : `Nothing was changed. To drop these ${dropped.length}: vitrine uninstall --yes`,
      );
      context.printJson({ dropped, left, done: yes });
    }),
  );
}
