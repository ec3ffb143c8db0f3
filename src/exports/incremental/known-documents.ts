import type { DocumentId } from "../../models/model.ts";
import { readParquetRows } from "../formats/read-parquet.ts";
import { DELETED, toChangeModel, VERSION } from "./change-rows.ts";
import type { ModelFiles } from "./manifest.ts";

/**
 * The documents that the files of changes of a model hold and that were not deleted since, each with its newest version. Takes
 * memory for each.
 */
export async function readKnownVersions({
  destination,
  model,
  signal,
}: ModelFiles): Promise<Map<DocumentId, bigint>> {
  const newest = new Map<DocumentId, { readonly version: bigint; readonly isDeleted: boolean }>();
  const changes = toChangeModel(model);
  for (const { path } of await destination.list(model.name, { signal })) {
    if (!path.endsWith(".parquet")) continue;
    const file = await destination.open(path, signal);
    try {
      for await (const row of readParquetRows(file, changes, [model.key, VERSION, DELETED])) {
        const id = String(row[model.key]);
        const version = BigInt(String(row[VERSION]));
        const known = newest.get(id);
        if (!known || known.version <= version) newest.set(id, { version, isDeleted: row[DELETED] === true });
      }
    } finally {
      await file.close();
    }
  }
  return new Map([...newest].flatMap(([id, { version, isDeleted }]) => (isDeleted ? [] : [[id, version]])));
}
