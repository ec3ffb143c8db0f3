import { toReason } from "../../core/rejected-documents.ts";
import type { ScalarField } from "../../models/field.ts";
import type { DocumentId, DocumentModel } from "../../models/model.ts";
import { keyFieldOf } from "../../models/model.ts";
import { compareParts, keyFieldsOf, splitId } from "../../stores/conversion/composite-id.ts";
import { NO_ID } from "../../stores/conversion/document-id.ts";
import {
  readDocumentRange,
  readDocuments,
  type StatementSettings,
} from "../../stores/mariadb/live-documents.ts";
import type { MariaDbConnection } from "../../stores/mariadb/mariadb.ts";
import type { MirrorEntry } from "../../stores/mongodb/mirror-writer.ts";

/** Documents of one snapshot, ready to be written. */
export interface ReadEntries {
  readonly entries: readonly MirrorEntry[];
  /** Documents that the view could not give, with the reason. */
  readonly invalid: ReadonlyMap<DocumentId, string>;
}

export interface ReadRange extends ReadEntries {
  /** The last id read, to go on from; null when there was none. */
  readonly last: DocumentId | null;
  /** Nothing follows in this snapshot. Who asks again for what is beyond follows those who write, and comes to no end. */
  readonly isEnd: boolean;
}

/** Reads the documents with these ids; those that the view lacks come as null. */
export async function readEntries(
  connection: MariaDbConnection,
  model: DocumentModel,
  ids: readonly DocumentId[],
  settings: StatementSettings = {},
): Promise<ReadEntries> {
  const found = await readDocuments(connection, model, ids, settings);
  const invalid = new Map([...found.invalid].map(([id, error]) => [id, toReason(error)]));
  return {
    entries: ids
      .filter((id) => !invalid.has(id))
      .map((id) => ({ id, document: found.documents.get(id) ?? null })),
    invalid,
  };
}

/** Reads the next `limit` documents in key order, more where that many rows have no id to go on from. */
export async function readRange(
  connection: MariaDbConnection,
  model: DocumentModel,
  after: DocumentId | null,
  limit: number,
): Promise<ReadRange> {
  for (let size = limit; ; size *= 2) {
    const { documents, invalid, count } = await readDocumentRange(connection, model, after, size);
    const ids = [...documents.keys(), ...[...invalid.keys()].filter((id) => id !== NO_ID)];
    const last = invalid.size === 0 ? (ids.at(-1) ?? null) : largestId(model, ids);
    // Rows with an id that is none of the model may be many.
    if (last === null && count >= size) continue;
    return {
      entries: [...documents].map(([id, document]) => ({ id, document })),
      invalid: new Map([...invalid].map(([id, error]) => [id, toReason(error)])),
      last,
      isEnd: count < size,
    };
  }
}

/** The last of these ids in the order of the key. */
function largestId(model: DocumentModel, ids: readonly DocumentId[]): DocumentId | null {
  return ids.length === 0
    ? null
    : ids.reduce((largest, id) => (compareIds(model, id, largest) > 0 ? id : largest));
}

/** Compares two ids as both stores order them: numbers by value, text by its UTF-8 bytes, what is made of several one by one. */
export function compareIds(model: DocumentModel, a: DocumentId, b: DocumentId): number {
  const fields = keyFieldsOf(model);
  if (fields) return compareMade(fields, a, b);
  if (keyFieldOf(model).kind === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function compareMade(fields: readonly ScalarField[], a: DocumentId, b: DocumentId): number {
  const [one, other] = [splitId(fields, a), splitId(fields, b)];
  // What is no id comes first.
  if (!one || !other) return Number(one !== undefined) - Number(other !== undefined);
  for (const [at, field] of fields.entries()) {
    const difference = compareParts(field, one[at] ?? "", other[at] ?? "");
    if (difference !== 0) return difference;
  }
  return 0;
}
