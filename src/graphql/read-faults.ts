import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import type { DocumentStore } from "../stores/document-store.ts";
import { sqlErrorOf } from "../stores/mariadb/mariadb.ts";

/** Errors that the same query would meet in the other store too are no reason to go there. */
export function isFaultOfStore(error: unknown): boolean {
  if (!(error instanceof VitrineError)) return true;
  return (
    error.code === "MIRROR_UNAVAILABLE" || error.code === "DOCUMENT_INVALID" || error.code === "INTERNAL"
  );
}

/** A document that the store has and cannot give. */
export const isInvalid = (error: unknown): boolean =>
  error instanceof VitrineError && error.code === "DOCUMENT_INVALID";

/**
 * A read locks no row: what it waited for is a table that is being altered, or what its node of a cluster cannot wait for
 * while it is cut off.
 */
const isUnansweredWait = (error: unknown): boolean => sqlErrorOf(error)?.errno === 1205;

/** MariaDB cannot answer anybody just now. */
export const isAway = (error: unknown): boolean =>
  isUnansweredWait(error) || (error instanceof VitrineError && error.code === "SOURCE_UNAVAILABLE");

/** No such table, column, view or routine. */
const unknownThere: ReadonlySet<number> = new Set([1146, 1054, 1356, 1305]);

/** A replica has not heard yet of what the primary has changed about tables and views. */
export const isUnknownThere = (error: unknown): boolean => unknownThere.has(sqlErrorOf(error)?.errno ?? 0);

/** MongoDB cannot answer just now. */
export const isMirrorLost = (error: unknown): boolean =>
  error instanceof VitrineError && error.code === "MIRROR_UNAVAILABLE";

/** Of the store, or of the signal that limits its time. */
export const isTimeout = (error: unknown): boolean =>
  error instanceof VitrineError ? error.code === "QUERY_TIMEOUT" : (error as Error).name === "TimeoutError";

/** A time-out says which store it was, and what to do. */
export function nameSlowStore(error: unknown, model: DocumentModel, store: DocumentStore["name"]): unknown {
  if (!(error instanceof VitrineError) && isUnansweredWait(error))
    return new VitrineError(
      "SOURCE_UNAVAILABLE",
      `MariaDB cannot give ${model.name} just now: a table is being altered, or this node of a cluster is cut off from the others.`,
      { cause: error },
    );
  if (!(error instanceof VitrineError) || error.code !== "QUERY_TIMEOUT") return error;
  const [where, remedy] =
    store === "live" ? ["in MariaDB", ""] : ["in the mirror", ", or ask for `source: LIVE`"];
  return new VitrineError(
    "QUERY_TIMEOUT",
    `${model.name} took longer than allowed ${where}. Narrow it with \`where\`${remedy}.`,
    {
      cause: error,
      details: { model: model.name, source: store === "live" ? "LIVE" : "MIRROR" },
    },
  );
}
