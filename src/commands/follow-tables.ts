import { writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import type { Source } from "../app/open-app.ts";
import { adoptShapes } from "../core/adopt-shapes.ts";
import { VitrineError } from "../errors.ts";
import { findModelProblems } from "../migrations/check-models.ts";
import { compareGeneratedFiles, writeGeneratedFiles } from "../migrations/generated-files.ts";
import type { Answers } from "../migrations/mend/decide-fate.ts";
import { planMend } from "../migrations/mend/plan-mend.ts";
import { type MigrationStep, migrateUp } from "../migrations/migrate.ts";
import type { CommandContext } from "./context.ts";
import { reportMigration } from "./report-migration.ts";
import { runMigration } from "./run-migration.ts";

/** Changes views and definitions, by what a person answered. @returns whether there was anything to change */
export async function followTables(
  context: CommandContext,
  source: Source,
  { dryRun, ...answers }: Answers & { readonly dryRun: boolean },
): Promise<boolean> {
  const { admin, project, config } = source;
  const projectDir = dirname(config.projectFile);
  const { files, told, byHand, questions } = await planMend(admin, { ...project, projectDir }, answers);
  if (questions.length > 0)
    throw new VitrineError("MIGRATION_FAILED", `${questions.join("\n")}\nNothing was written.`, {
      details: { questions },
    });
  for (const sentence of told) context.print(sentence);
  for (const [path, text] of files) {
    context.print(`${dryRun ? "Would write" : "Wrote"} ${relative(projectDir, path)}`);
    if (!dryRun) await writeFile(path, text);
  }
  if (byHand.length > 0)
    throw new VitrineError("MIGRATION_FAILED", `${byHand.join("\n")}\nThen run \`vitrine mend\` again.`, {
      details: { byHand },
    });
  return files.size > 0;
}

/** What is derived, then what the database has. */
export async function bringUp(context: CommandContext, source: Source): Promise<void> {
  const { admin, project, stack } = source;
  const { sqlDir, domains } = project;
  const changes = await compareGeneratedFiles(stack.mariadb.adminUrl, sqlDir, project);
  await writeGeneratedFiles(sqlDir, changes);
  for (const { file, text } of changes) context.print(`${text === undefined ? "Removed" : "Wrote"} ${file}`);
  const steps = await runMigration(context, source, { name: "up", dryRun: false }, () =>
    migrateUp({
      ...{ admin, sqlDir, domains },
      onStep: ({ action, name }: MigrationStep) => context.print(`${action} ${name}`),
      onRemark: (message) => context.print(message),
      onWait: (message) => context.logger.warn(message),
    }),
  );
  // A field that is gone makes another shape: the loaders that run build it beside.
  await adoptShapes(
    admin,
    domains.flatMap(({ models }) => models),
  );
  reportMigration(context, steps, false, await findModelProblems(admin, project));
}
