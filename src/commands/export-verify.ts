import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { openDestination } from "../exports/destinations/open-destination.ts";
import {
  type DestinationReport,
  findExportedModels,
  verifyDestination,
} from "../exports/incremental/verify-destination.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { withApp } from "./with-app.ts";

/** `vitrine export verify DEST [MODEL…]`: prove that all files of a destination together are the models. */
export function registerExportVerify(exporting: Command, context: CommandContext): void {
  exporting
    .command("verify <destination> [models...]")
    .description(
      "read the files of an incremental export again, and prove that together they are the models; all models that it has without names",
    )
    .action((to: string, names: readonly string[]) =>
      withApp(context, async ({ config, project, loader: db, mongo }) => {
        const destination = await openDestination(to, config.s3);
        const found = names.length > 0 ? names : await findExportedModels(destination, context.signal);
        if (found.length === 0)
          throw new VitrineError("EXPORT_FAILED", `${destination.name} holds no incremental export.`);
        const models = chooseModels(project, found);
        const { signal } = context;
        const reports = await verifyDestination({ db, mongo, destination, models, signal });
        for (const report of reports) for (const line of toLines(report)) context.print(line);
        context.printJson(reports);
        const defects = reports.reduce((sum, { defectCount }) => sum + defectCount, 0);
        if (defects > 0)
          throw new VitrineError(
            "DEFECT_FOUND",
            `${destination.name}: ${defects} defects, proven. Export into a new destination.`,
          );
      }),
    );
}

function* toLines(report: DestinationReport) {
  const { model, files, rows, proven, later, rejected, position, defects, defectCount } = report;
  const changed =
    later === 0 ? "" : `, ${later.toLocaleString("en")} have changed since and come with the next run`;
  const lacking =
    rejected === 0 ? "" : `, ${rejected.toLocaleString("en")} cannot be mirrored (\`vitrine rejected list\`)`;
  yield `${model}: ${proven.toLocaleString("en")} documents proven up to position ${position ?? "none"} from ${rows.toLocaleString("en")} rows in ${files} files${changed}${lacking}, ${defectCount} defects`;
  for (const defect of defects) yield `  ${defect}`;
}
