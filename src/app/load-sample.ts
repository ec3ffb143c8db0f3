import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readImportedDomains } from "../core/import-runs.ts";
import { importAll } from "../imports/import-all.ts";
import { writeFiles } from "../imports/write-files.ts";
import { readCapturedDomains } from "../migrations/read-captured.ts";
import type { Progress } from "../progress.ts";
import { quoteName } from "../stores/mariadb/mariadb.ts";
import type { App } from "./open-app.ts";

export interface SampleOptions {
  /** 1 is the size seen in the field. */
  readonly scale: number;
  /** The day at whose start it ends; default: today. */
  readonly end?: string | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const SEED = 42;

/**
 * Fills every domain that was never imported with generated files of its own shape; they stay in the data
 * folder, to look at. Returns the names of the domains filled.
 */
export async function loadSample(
  {
    admin,
    project,
    config,
  }: Pick<App, "admin" | "project"> & { readonly config: Pick<App["config"], "dataDir"> },
  { scale, end, progress, signal }: SampleOptions,
): Promise<readonly string[]> {
  const known = await readImportedDomains(admin);
  const filled: string[] = [];
  for (const domain of await readCapturedDomains(project)) {
    if (!domain.generate || !domain.imports || known.has(domain.name)) continue;
    if (await hasRows(admin, domain.captured?.[0]?.table)) continue;
    const dir = join(config.dataDir, "sample", domain.name);
    await rm(dir, { recursive: true, force: true });
    const files = domain.generate({ scale, seed: SEED, clean: false, ...(end === undefined ? {} : { end }) });
    await writeFiles(files, dir, named("Generating", progress), signal);
    await importAll({ admin, domain, dir, progress: named("Importing", progress), signal });
    const { afterSample } = domain;
    if (afterSample !== undefined) await admin.transaction((sample) => sample.run(afterSample));
    filled.push(domain.name);
  }
  return filled;
}

/** Data that somebody else put there is nothing to add a sample to. */
async function hasRows(admin: App["admin"], table: string | undefined): Promise<boolean> {
  if (table === undefined) return false;
  return (await admin.query(`select 1 from ${quoteName(table)} limit 1`)).length > 0;
}

/** The steps of `progress` under a verb: two parts work on the same files. */
const named = (verb: string, progress: Progress): Progress => ({
  start: (label, total) => progress.start(`${verb}: ${label}`, total),
});
