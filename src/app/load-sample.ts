import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readFinishedImports } from "../core/import-runs.ts";
import { importFiles } from "../imports/import-files.ts";
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
 * Fills every domain that was never imported with generated files of its own shape, by all its imports; they stay in the data
 * folder, to look at. One that was stopped goes on. Returns the names of the domains filled.
 */
export async function loadSample(
  {
    admin,
    project,
    config,
  }: Pick<App, "admin" | "project"> & { readonly config: Pick<App["config"], "dataDir"> },
  { scale, end, progress, signal }: SampleOptions,
): Promise<readonly string[]> {
  const finished = await readFinishedImports(admin);
  const filled: string[] = [];
  for (const domain of await readCapturedDomains(project)) {
    const dir = join(config.dataDir, "sample", domain.name);
    const known = finished.get(domain.name) ?? new Set<string | null>();
    const names = chooseImports(Object.keys(domain.imports ?? {}), known, existsSync(dir));
    if (!domain.generate || names.length === 0) continue;
    if (known.size === 0 && (await hasRows(admin, domain.captured?.[0]?.table))) continue;
    // Where an import has ended its files are whole; those that lack go with them, whatever day it is by now.
    if (known.size === 0) {
      await rm(dir, { recursive: true, force: true });
      const files = domain.generate({
        scale,
        seed: SEED,
        clean: false,
        ...(end === undefined ? {} : { end }),
      });
      await writeFiles(files, dir, named("Generating", progress), signal);
    }
    for (const name of names)
      await importFiles({ admin, domain, name, dir, progress: named("Importing", progress), signal });
    const { afterSample } = domain;
    if (afterSample !== undefined) await admin.transaction((sample) => sample.run(afterSample));
    filled.push(domain.name);
  }
  return filled;
}

/**
 * The imports of a domain that its sample is loaded by: all before the first, those that lack when the sample was stopped between
 * two, none where somebody has imported files of their own.
 */
export function chooseImports(
  imports: readonly string[],
  finished: ReadonlySet<string | null>,
  hasSample: boolean,
): readonly string[] {
  if (finished.size === 0) return imports;
  return hasSample && !finished.has(null) ? imports.filter((name) => !finished.has(name)) : [];
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
