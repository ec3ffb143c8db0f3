import { existsSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder } from "../make-folder.ts";
import type { Domain, Project } from "../models/project.ts";
import { readText } from "../read-text.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { generateCaptureTriggers } from "./capture-triggers.ts";
import { generateCascadeTriggers } from "./cascade-triggers.ts";
import { type GeneratedFile, generateExportProcedures, readMixedViews } from "./export-procedures.ts";
import { isCascading, readForeignKeys } from "./foreign-keys.ts";
import { deriveDomains } from "./generate-touched.ts";
import { isGenerated } from "./read-captured.ts";
import { makeRollUpViews } from "./roll-up-views.ts";
import { withScratchDatabase } from "./scratch-database.ts";
import { readSqlFiles } from "./sql-files.ts";

/** A generated file whose text is not what it should be. */
export interface GeneratedFileChange {
  /** Relative to the folder of the SQL files. */
  readonly file: string;
  /** Undefined: the table is not captured any more, or the model gone, so the file has to go. */
  readonly text: string | undefined;
}

/**
 * What has to change in the generated files (views of roll-ups, touched views, capture triggers, export procedures) for them to fit the
 * project's views, tables and definitions. Stale trigger files, which the server would refuse, do not matter.
 * @param url of the project's database, see `withScratchDatabase`
 */
export const compareGeneratedFiles = (
  url: string,
  sqlDir: string,
  project: Pick<Project, "domains">,
): Promise<readonly GeneratedFileChange[]> =>
  withScratchDatabase({ url, sqlDir, domains: project.domains }, (scratch) =>
    compareGeneratedIn(scratch, sqlDir, project.domains),
  );

/** The same by the tables and views of the current database. */
export async function compareGeneratedIn(
  scratch: MariaDb,
  sqlDir: string,
  domains: readonly Domain[],
): Promise<readonly GeneratedFileChange[]> {
  const changes: GeneratedFileChange[] = [];
  const rollUps = new Map<string, readonly GeneratedFile[]>();
  for (const domain of domains) rollUps.set(domain.name, await makeRollUpViews(scratch, domain));
  const mixed = await readMixedViews(scratch);
  const derived = await deriveDomains(scratch, sqlDir, domains);
  const foreignKeys = (await readForeignKeys(scratch)).filter(isCascading);
  // Most projects have none that cascade, and hundreds of files.
  const files =
    foreignKeys.length === 0
      ? []
      : (
          await readSqlFiles(
            sqlDir,
            domains.map(({ name }) => name),
          )
        ).repeatable;
  for (const domain of domains) {
    const { files: touched = [], captured = [] } = derived.get(domain.name) ?? {};
    const expected = [
      ...(rollUps.get(domain.name) ?? []),
      ...touched,
      ...(await generateCaptureTriggers(scratch, { ...domain, captured })),
      ...(await generateCascadeTriggers(scratch, { ...domain, captured }, { foreignKeys, files })),
      ...generateExportProcedures(domain, mixed),
    ];
    const wanted = new Map<string, string>(expected.map(({ file, text }) => [file, text]));
    for (const file of await listGenerated(sqlDir, domain.name))
      if (!wanted.has(file)) changes.push({ file, text: undefined });
    for (const [file, text] of wanted) {
      const path = join(sqlDir, file);
      if (!existsSync(path) || (await readText(path)) !== text) changes.push({ file, text });
    }
  }
  return changes;
}

/** Carries the changes out. @returns the files, absolute */
export async function writeGeneratedFiles(
  sqlDir: string,
  changes: readonly GeneratedFileChange[],
): Promise<readonly string[]> {
  for (const { file, text } of changes) {
    const path = join(sqlDir, file);
    if (text === undefined) {
      await rm(path, { force: true });
      continue;
    }
    makeFolder(dirname(path));
    await writeFile(path, text);
  }
  return changes.map(({ file }) => join(sqlDir, file));
}

async function listGenerated(sqlDir: string, domain: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const folder of ["touched", "views", "triggers", "procedures"].map((kind) => `${kind}/${domain}`)) {
    if (!existsSync(join(sqlDir, folder))) continue;
    for (const file of await readdir(join(sqlDir, folder)))
      if (isGenerated(await readText(join(sqlDir, folder, file)))) files.push(`${folder}/${file}`);
  }
  return files.sort();
}
