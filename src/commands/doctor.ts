import type { Command } from "commander";
import { openApp } from "../app/open-app.ts";
import { VitrineError } from "../errors.ts";
import type { CommandContext } from "./context.ts";
import { examine } from "./examine.ts";
import { withSource } from "./with-app.ts";

/** `vitrine doctor`: whether the servers can do what is needed, and what they offer; 0 only when they can. */
export function registerDoctor(command: Command, context: CommandContext): void {
  command.action(() =>
    withSource(context, async (source) => {
      const openMirror = () => openApp(source.config, context);
      const findings = await examine(source, openMirror);
      for (const { name, ok, detail } of findings)
        context.print(`${ok ? "ok     " : "PROBLEM"}  ${name}: ${detail}`);
      context.printJson({ healthy: findings.every((finding) => finding.ok), findings });
      const problems = findings.filter((finding) => !finding.ok).map((finding) => finding.name);
      if (problems.length > 0)
        throw new VitrineError("UNHEALTHY", `Not as needed: ${problems.join(", ")}.`, {
          details: { problems },
        });
    }),
  );
}
