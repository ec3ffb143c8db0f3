import type { Command } from "commander";
import type { CommandContext } from "./context.ts";
import { verifyModels } from "./verify-models.ts";
import { withApp } from "./with-app.ts";
import { nameModels, withRun } from "./with-run.ts";

interface Options {
  readonly deep?: boolean;
  readonly repair?: boolean;
}

/** `vitrine verify [MODEL…]`: prove that mirror and live agree, while both are written. */
export function registerVerify(command: Command, context: CommandContext): void {
  command
    .option("--deep", "compare contents, which finds manual edits; else the hashes that the loader stored")
    .option("--repair", "ask the loader to write defective documents again")
    .action((names: readonly string[], { deep = false, repair = false }: Options) =>
      withApp(context, async (app) => {
        const subject = { kind: "verify", name: nameModels(names) } as const;
        return withRun(context, app, subject, (run) =>
          verifyModels(context, app, { names, deep, repair }, run),
        );
      }),
    );
}
