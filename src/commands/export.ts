import { type Command, Option } from "commander";
import { exportFormats } from "../exports/encode-documents.ts";
import { exportFrom } from "../exports/export-from.ts";
import type { ExportRequest } from "../exports/export-models.ts";
import { readDateTime } from "../graphql/values.ts";
import { type ProgressStep, withoutResults } from "../progress.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { readWhere } from "./read-where.ts";
import { reportExport } from "./report-export.ts";
import { withApp } from "./with-app.ts";

type Options = Pick<ExportRequest, "format" | "out" | "gzip"> & {
  readonly ejson: ExportRequest["extendedJson"];
  readonly source: "live" | "mirror";
  readonly where?: string;
  readonly asOf?: string;
};

/** `vitrine export [MODEL…]`: one file per model and a manifest. */
export function registerExport(command: Command, context: CommandContext): void {
  command
    .addOption(new Option("--format <format>", "form of the files").choices(exportFormats).default("ndjson"))
    .option("--out <folder>", "where to write", ".")
    .option("--gzip", "compress the files", false)
    .addOption(
      new Option("--source <store>", "which store to read").choices(["live", "mirror"]).default("live"),
    )
    .option("--where <json>", "only documents that fit: the `where` of GraphQL, as JSON; for one model")
    .option("--as-of <moment>", "the state of this moment (RFC 3339), read live: 2024-12-31T23:59:59Z")
    .addOption(
      new Option("--ejson <form>", "Extended JSON of ndjson")
        .choices(["relaxed", "canonical"])
        .default("relaxed"),
    )
    .action((names: readonly string[], options: Options) =>
      withApp(context, async ({ project, ...stores }) => {
        const models = chooseModels(project, names);
        const where = options.where === undefined ? null : readWhere(project, models, options.where);
        const asOf = options.asOf === undefined ? undefined : readDateTime(options.asOf);
        const steps = new Map<string, ProgressStep>();
        const manifest = await exportFrom(stores, options.source, asOf, {
          ...options,
          extendedJson: options.ejson,
          models: models.map((model) => ({ model, where })),
          signal: context.signal,
          onProgress: ({ name }, rows) => {
            const step = steps.get(name) ?? withoutResults(context.progress).start(`Exporting ${name}`);
            steps.set(name, step);
            step.update(rows);
          },
        });
        for (const step of steps.values()) step.end();
        reportExport(context, manifest, options.out);
      }),
    );
}
