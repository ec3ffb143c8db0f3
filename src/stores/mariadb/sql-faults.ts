import { VitrineError } from "../../errors.ts";
import type { DocumentModel } from "../../models/model.ts";
import { sqlErrorOf } from "./mariadb-errors.ts";

/** Errors that say nothing about the statement: it may succeed when it is tried again. */
const transient = new Set([
  1015, // file cannot be locked
  1016, // file cannot be opened, as when there are too many
  1020, // row has changed since the snapshot
  1021, // disk full
  1030, // storage engine, as when the disk of temporary tables is full
  1037, // out of memory
  1038, // out of sort memory
  1040, // too many connections
  1041, // out of memory
  1047, // a node of a cluster that is not ready
  1053, // shutdown in progress
  1114, // no room for a temporary table
  1135, // no thread to be had
  1203, // too many connections of this account
  1205, // lock wait timeout
  1213, // deadlock
  1226, // a limit of this account is used up
  1317, // query killed
  1412, // table definition has changed since the snapshot
  1927, // connection killed
  1969, // statement timeout
  3024, // statement timeout
  4031, // idle transaction ended
]);

/**
 * True when MariaDB refused the statement for what it says or reads: a view is missing or broken, a right is
 * missing, a row yields no value. False for lost connections and whatever may go away by itself.
 */
export function isSqlFault(error: unknown): boolean {
  if (error instanceof VitrineError) return false;
  const sql = sqlErrorOf(error);
  return sql !== undefined && sql.errno > 0 && !transient.has(sql.errno);
}

/** The view itself is missing or broken, or may not be read: no document is to blame. */
const viewFaults = new Set([1046, 1049, 1054, 1142, 1143, 1146, 1305, 1356, 1370, 1449]);

/** True when some row that the statement reads may be what it failed on: without that row it may succeed. */
export const isDocumentFault = (error: unknown): boolean =>
  isSqlFault(error) && !viewFaults.has(sqlErrorOf(error)?.errno ?? 0);

/** A statement that failed because the model's view lacks a column, or is gone, says so; any other error passes as it is. */
export function nameBrokenView(model: Pick<DocumentModel, "name">, error: unknown): unknown {
  const { errno } = (error instanceof VitrineError ? undefined : sqlErrorOf(error)) ?? {};
  if (errno !== 1054 && errno !== 1146 && errno !== 1356) return error;
  return new VitrineError(
    "DOCUMENT_INVALID",
    `The view ${model.name} is not as its model is defined, or gone: \`vitrine model check\` says what differs.`,
    { cause: error, details: { model: model.name } },
  );
}
