import type { Command } from "commander";
import { openApp } from "../app/open-app.ts";
import { VitrineError } from "../errors.ts";
import type { CommandContext } from "./context.ts";
import { doctorRestored } from "./doctor-restored.ts";
import { examine } from "./examine.ts";
import { withSource } from "./with-app.ts";

interface DoctorOptions {
  readonly afterRestore?: boolean;
  readonly dryRun?: boolean;
  readonly nothingLost?: boolean;
}

/** `vitrine doctor`: whether the servers can do what is needed, and what they offer; 0 only when they can. */
export function registerDoctor(command: Command, context: CommandContext): void {
  command
    .option("--after-restore", "name what the copy lacks that was restored, make it again, begin a new life")
    .option("--dry-run", "with --after-restore: name it, change nothing")
    .option(
      "--nothing-lost",
      "with --after-restore: the copy has every commit; rebuild only what positions ask for",
    )
    .action(({ afterRestore, dryRun = false, nothingLost: isWhole = false }: DoctorOptions) =>
      withSource(context, async (source) => {
        if (!afterRestore && (dryRun || isWhole))
          throw new VitrineError("USAGE", "--dry-run and --nothing-lost belong to --after-restore.");
        const restored = afterRestore ? await doctorRestored(context, source, { dryRun, isWhole }) : [];
        // Of a copy that was not mended the rest would say the same again.
        const isMended = restored.some(({ name }) => name === "mirror");
        const openMirror = () => openApp(source.config, context);
        const rest = afterRestore && !isMended ? [] : await examine(source, openMirror);
        for (const { name, ok, detail } of rest)
          context.print(`${ok ? "ok     " : "PROBLEM"}  ${name}: ${detail}`);
        const problems = [...restored, ...rest].filter((finding) => !finding.ok).map(({ name }) => name);
        const healthy = problems.length === 0;
        context.printJson({ healthy, ...(afterRestore ? { restored } : {}), findings: rest });
        if (problems.length > 0)
          throw new VitrineError("UNHEALTHY", `Not as needed: ${[...new Set(problems)].join(", ")}.`, {
            details: { problems },
          });
      }),
    );
}
