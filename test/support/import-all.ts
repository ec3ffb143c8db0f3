import { type ImportOptions, type ImportSummary, importFiles } from "../../src/imports/import-files.ts";

/**
 * Each import of a domain from one folder, in the order in which they are declared, in a transaction of its own.
 * @throws VitrineError as importFiles does; the imports before have taken place then.
 */
export async function importAll(options: Omit<ImportOptions, "name">): Promise<readonly ImportSummary[]> {
  const summaries: ImportSummary[] = [];
  for (const name of Object.keys(options.domain.imports ?? {}))
    summaries.push(await importFiles({ ...options, name }));
  return summaries;
}
