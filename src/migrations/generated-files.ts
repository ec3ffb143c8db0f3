import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder } from "../make-folder.ts";
import type { Project } from "../models/project.ts";
import { readText } from "../read-text.ts";
import { type MariaDb, openMariaDb, quoteName } from "../stores/mariadb/mariadb.ts";
import { generateCaptureTriggers } from "./capture-triggers.ts";
import { generateExportProcedures } from "./export-procedures.ts";
import { deriveDomains } from "./generate-touched.ts";
import { migrateUp } from "./migrate.ts";
import { isGenerated } from "./read-captured.ts";

/** A generated file whose text is not what it should be. */
export interface GeneratedFileChange {
  /** Relative to the folder of the SQL files. */
  readonly file: string;
  /** Undefined: the table is not captured any more, or the model gone, so the file has to go. */
  readonly text: string | undefined;
}

/**
 * What has to change in the generated files (touched views, capture triggers, export procedures) for them to fit the
 * project's views, tables and definitions. Tables and views are created from the SQL files in a scratch database of the server at `url`, dropped at the end: the
 * answer depends on the files alone, and stale trigger files, which the server would refuse, do not matter.
 */
export async function compareGeneratedFiles(
  url: string,
  sqlDir: string,
  project: Pick<Project, "domains">,
): Promise<readonly GeneratedFileChange[]> {
  const changes: GeneratedFileChange[] = [];
  await withScratchDatabase(url, async (admin) => {
    await migrateUp({ admin, sqlDir, domains: project.domains, scope: "views" });
    const derived = await deriveDomains(admin, sqlDir, project.domains);
    for (const domain of project.domains) {
      const { files = [], captured = [] } = derived.get(domain.name) ?? {};
      const expected = [
        ...files,
        ...(await generateCaptureTriggers(admin, { ...domain, captured })),
        ...generateExportProcedures(domain),
      ];
      const wanted = new Map<string, string>(expected.map(({ file, text }) => [file, text]));
      for (const file of await listGenerated(sqlDir, domain.name))
        if (!wanted.has(file)) changes.push({ file, text: undefined });
      for (const [file, text] of wanted) {
        const path = join(sqlDir, file);
        if (!existsSync(path) || (await readText(path)) !== text) changes.push({ file, text });
      }
    }
  });
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

async function withScratchDatabase(url: string, work: (admin: MariaDb) => Promise<void>): Promise<void> {
  const name = `vitrine_scratch_${randomBytes(6).toString("hex")}`;
  const scratch = new URL(url);
  scratch.pathname = "/";
  const server = openMariaDb(scratch.href, { size: 1 });
  scratch.pathname = `/${name}`;
  const admin = openMariaDb(scratch.href, { size: 2, multipleStatements: true });
  try {
    await server.query(`create database ${quoteName(name)} character set utf8mb4 collate utf8mb4_nopad_bin`);
    await work(admin);
  } finally {
    await server.query(`drop database if exists ${quoteName(name)}`);
    await Promise.all([admin.close(), server.close()]);
  }
}
