import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import type { Answers } from "../migrations/mend/decide-fate.ts";
import type { CommandContext } from "./context.ts";
import { bringUp, followTables } from "./follow-tables.ts";
import { withSource } from "./with-app.ts";

interface MendOptions extends Answers {
  readonly dryRun?: boolean;
}

/** `vitrine mend`: views, definitions, triggers and documents follow what owners did to their tables. */
export function registerMend(command: Command, context: CommandContext): void {
  command
    .option("--dry-run", "say what would change in files, and change nothing")
    .option("--renamed <old=new...>", "what has another name now: ships.name=title, customers=parties", [])
    .option("--dropped <name...>", "what is gone, and is nothing that came since: ships.name", [])
    .action(async ({ dryRun = false, renamed, dropped }: MendOptions) => {
      const isEdited = await withSource(context, async (source) => {
        if (await followTables(context, source, { dryRun, renamed, dropped })) return true;
        if (dryRun) context.print("No view or definition names what its tables do not have.");
        else await bringUp(context, source);
        return false;
      });
      // Definitions are read when a process starts.
      if (isEdited && !dryRun) await goOn();
    });
}

/** The same command line in a process that reads the files as they are now. */
async function goOn(): Promise<void> {
  const { execPath, execArgv, argv } = process;
  const child = spawn(execPath, [...execArgv, ...argv.slice(1)], { stdio: "inherit" });
  const [code] = await once(child, "exit");
  if (code !== 0)
    throw new VitrineError(
      "MIGRATION_FAILED",
      "Views and definitions were changed, and what follows from that was not done: see above. Then run `vitrine mend` again.",
    );
}
