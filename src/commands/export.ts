import { type Command, Option } from "commander";
import { VitrineError } from "../errors.ts";
import { exportFormats } from "../exports/encode-documents.ts";
import { type ExportRequest, exportModels, type Manifest } from "../exports/export-models.ts";
import { createMirrorSource, createPastSource, withLiveSource } from "../exports/export-sources.ts";
import { readDateTime } from "../graphql/values.ts";
import type { ProgressStep } from "../progress.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { readWhere } from "./read-where.ts";
import { withApp } from "./with-app.ts";

type Options = Pick<ExportRequest, "format" | "out" | "gzip"> & {
  readonly ejson: ExportRequest["extendedJson"];
  readonly source: "live" | "mirror";
  readonly where?: string;
  readonly asOf?: string;
};

/** `vitrine export [MODEL…]`: one file per model and a manifest. */
export function registerExport(program: Command, context: CommandContext): void {
  program
    .command("export [models...]")
    .description("write documents to files, one per model, and a manifest; all models without names")
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
      withApp(context, async ({ project, reader, live, mirror }) => {
        const models = chooseModels(project, names);
        if (options.where !== undefined && models.length !== 1)
          throw new VitrineError("USAGE", "--where is for the export of one model. Name it.");
        const where = options.where === undefined ? null : readWhere(project, models[0], options.where);
        if (options.asOf !== undefined && options.source === "mirror")
          throw new VitrineError("USAGE", "--as-of is read live: the mirror keeps the newest state only.");
        const asOf = options.asOf === undefined ? undefined : readDateTime(options.asOf);
        const steps = new Map<string, ProgressStep>();
        const request = (source: ExportRequest["source"]): ExportRequest => ({
          ...options,
          source,
          extendedJson: options.ejson,
          models: models.map((model) => ({ model, where })),
          signal: context.signal,
          onProgress: ({ name }, rows) => {
            const step = steps.get(name) ?? context.progress.start(`Exporting ${name}`);
            steps.set(name, step);
            step.update(rows);
          },
        });
        const manifest =
          options.source === "mirror"
            ? await exportModels(request(createMirrorSource(mirror, reader)))
            : asOf !== undefined
              ? await exportModels(request(createPastSource(live, asOf)))
              : await withLiveSource(reader, (source) => exportModels(request(source)));
        for (const { model, rows } of manifest.files) steps.get(model)?.end(`${rows} documents`);
        report(context, options.out, manifest);
      }),
    );
}

function report(context: CommandContext, out: string, manifest: Manifest): void {
  for (const { file, rows, bytes } of manifest.files)
    context.print(
      `${file.padEnd(32)} ${rows.toLocaleString("en")} documents, ${bytes.toLocaleString("en")} bytes`,
    );
  context.print(`Written to ${out}, described by manifest.json.`);
  context.printJson(manifest);
}
