import type { DocumentId, DocumentModel } from "../../models/model.ts";
import type { Destination } from "../destinations/destination.ts";
import { readParquetRows } from "../formats/read-parquet.ts";
import { DELETED, toChangeModel, VERSION } from "./change-rows.ts";

/**
 * The ids of the documents that files of changes hold and that were not deleted since. Takes memory for each id.
 * @param files paths, in any order
 */
export async function readKnownIds(
  destination: Destination,
  model: DocumentModel,
  files: readonly string[],
): Promise<Set<DocumentId>> {
  const newest = new Map<DocumentId, { readonly version: bigint; readonly isDeleted: boolean }>();
  const changes = toChangeModel(model);
  for (const path of files) {
    const file = await destination.open(path);
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
  return new Set([...newest].flatMap(([id, { isDeleted }]) => (isDeleted ? [] : [id])));
}
