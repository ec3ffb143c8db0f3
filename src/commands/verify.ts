import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { requestDocuments } from "../mirror/change-queue.ts";
import { type Defect, type VerifyReport, verifyModel } from "../mirror/verify.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { withApp } from "./with-app.ts";

interface Options {
  readonly deep?: boolean;
  readonly repair?: boolean;
}

/** `vitrine verify [MODEL…]`: prove that mirror and live agree, while both are written. */
export function registerVerify(program: Command, context: CommandContext): void {
  program
    .command("verify [models...]")
    .description("compare the mirror with the views; exit code 1 on a proven defect")
    .option("--deep", "compare contents, which finds manual edits; else the hashes that the loader stored")
    .option("--repair", "ask the loader to write defective documents again")
    .action((names: readonly string[], { deep = false, repair = false }: Options) =>
      withApp(context, async ({ project, loader: db, live, mongo }) => {
        const reports: VerifyReport[] = [];
        for (const model of chooseModels(project, names)) {
          const step = context.progress.start(`Verifying ${model.name}`, await live.count(model, null));
          const report = await verifyModel({
            db,
            mongo,
            model,
            deep,
            signal: context.signal,
            onProgress: (checked) => step.update(checked),
          });
          step.end(describe(report));
          reports.push(report);
          for (const line of toLines(report)) context.print(line);
          const ids = report.defects.map((defect) => defect.id);
          if (repair && ids.length > 0) await requestDocuments(db, model, ids);
        }
        context.printJson(reports);
        fail(reports);
      }),
    );
}

function fail(reports: readonly VerifyReport[]): void {
  const count = reports.reduce((sum, report) => sum + report.defects.length, 0);
  if (count > 0)
    throw new VitrineError("DEFECT_FOUND", `${count} documents of the mirror are wrong, proven.`);
  const incomplete = reports.filter((report) => !report.isComplete).map((report) => report.model);
  if (incomplete.length > 0)
    throw new VitrineError("UNHEALTHY", `Not mirrored yet, so not verified: ${incomplete.join(", ")}.`);
}

function describe({ checked, defects, unsettled, dead, isComplete }: VerifyReport): string {
  if (!isComplete) return "not mirrored yet";
  const parts = [`${checked.toLocaleString("en")} documents compared`, `${defects.length} defects`];
  if (unsettled > 0) parts.push(`${unsettled} written too often to tell`);
  if (dead > 0) parts.push(`${dead} dead, not compared`);
  return parts.join(", ");
}

function* toLines(report: VerifyReport): Generator<string> {
  yield `${report.model}: ${describe(report)}`;
  for (const defect of report.defects) yield* toDiff(defect);
}

function* toDiff({ model, id, kind, version, differences }: Defect): Generator<string> {
  yield `  ${model} ${id}: ${kind}${version === null ? "" : ` (version ${version})`}`;
  for (const { path, live, mirror } of differences) {
    yield `    ${path}`;
    yield `    - live   ${JSON.stringify(live)}`;
    yield `    + mirror ${JSON.stringify(mirror)}`;
  }
}
