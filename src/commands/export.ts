import type { Command } from "commander";
import { exportFrom } from "../exports/export-from.ts";
import { readDateTime } from "../graphql/values.ts";
import type { ProgressStep } from "../progress.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { describeManifest } from "./describe-manifest.ts";
import { addExportOptions, type ExportOptions, readEncoding } from "./export-options.ts";
import { readWhere } from "./read-where.ts";
import { withApp } from "./with-app.ts";

/** `vitrine export [MODEL…]`: one file per model and a manifest. */
export function registerExport(program: Command, context: CommandContext): void {
  const command = program
    .command("export [models...]")
    .description("write documents to files, one per model, and a manifest; all models without names");
  addExportOptions(command).action((names: readonly string[], options: ExportOptions) => {
    const encoding = readEncoding(options);
    return withApp(context, async ({ project, ...stores }) => {
      const models = chooseModels(project, names);
      const where = options.where === undefined ? null : readWhere(project, models, options.where);
      const asOf = options.asOf === undefined ? undefined : readDateTime(options.asOf);
      const steps = new Map<string, ProgressStep>();
      const manifest = await exportFrom(stores, options.source, asOf, {
        ...encoding,
        out: options.out,
        gzip: options.gzip,
        models: models.map((model) => ({ model, where })),
        signal: context.signal,
        onProgress: ({ name }, rows) => {
          const step = steps.get(name) ?? context.progress.start(`Exporting ${name}`);
          steps.set(name, step);
          step.update(rows);
        },
      });
      for (const { model, rows } of manifest.files) steps.get(model)?.end(`${rows} documents`);
      for (const line of describeManifest(manifest, options.out)) context.print(line);
      context.printJson(manifest);
    });
  });
}
