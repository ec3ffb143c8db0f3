import { MongoBulkWriteError, type WriteError } from "mongodb";
import type { DocumentId } from "../../models/model.ts";
import type { Operation, Rejected } from "./mirror-operations.ts";

/** Document failed validation; object too large; too large after the update. */
const rejectingCodes = new Set([121, 10334, 17419, 17420]);

/**
 * Sorts the failures of an unordered bulk write: `newer` met a version as new or newer, `rejected` can never be
 * stored. Rethrows the error when anything else went wrong, also when the write concern was not met.
 */
export function readRejections(
  error: unknown,
  chunk: readonly Operation[],
): { readonly newer: readonly DocumentId[]; readonly rejected: readonly Rejected[] } {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
  const failures: readonly WriteError[] = [error.writeErrors].flat();
  if (failures.length === 0) throw error;
  const newer: DocumentId[] = [];
  const rejected: Rejected[] = [];
  for (const failure of failures) {
    const operation = chunk[failure.index];
    if (!operation) throw error;
    if (failure.code === 11000 && isOfId(failure)) newer.push(operation.id);
    // A unique index that somebody added is a reason to refuse, never proof of a newer version.
    else if (failure.code === 11000 || rejectingCodes.has(failure.code))
      rejected.push({ id: operation.id, reason: failure.errmsg ?? `MongoDB error ${failure.code}` });
    else throw error;
  }
  return { newer, rejected };
}

const isOfId = (failure: WriteError): boolean => /\bindex: _id_|\b_id_\b/.test(failure.errmsg ?? "");
