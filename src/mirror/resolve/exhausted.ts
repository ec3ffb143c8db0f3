import { type ChangeTable, changeTablesOf } from "../../core/change-tables.ts";
import type { DocumentModel } from "../../models/model.ts";

/**
 * Up to which positions changes were handed on. Whatever a model owes to a position is in its queue, or in its mirror,
 * when all of its tables were found empty by a snapshot of that position or a later one, and what that showed has landed.
 */
export interface Exhausted {
  /** Everything that a snapshot of position `n` showed in these change tables has landed. */
  note(tables: readonly string[], n: bigint): void;
  /** The tables that there are in a snapshot of position `n`: to be told before what is said of that. */
  know(tables: readonly ChangeTable[], n: bigint): void;
  /** What is said of a model; 0: nothing yet. */
  of(model: DocumentModel): bigint;
  /** What is said of all of these tables. */
  ofAll(tables: readonly ChangeTable[]): bigint;
  /** Nothing is known any more: the source that comes back may be an older copy, whose positions begin below. */
  forget(): void;
}

/** Knows nothing at first. */
export function createExhausted(): Exhausted {
  const positions = new Map<string, bigint>();
  let known: readonly ChangeTable[] = [];
  let knownAt = 0n;
  let latest = 0n;
  // What reads no captured table owes nothing to any position.
  const ofAll = (tables: readonly ChangeTable[]) =>
    tables.map(({ name }) => positions.get(name) ?? 0n).reduce((a, b) => (a < b ? a : b), latest);
  return {
    note(tables, n) {
      if (n > latest) latest = n;
      for (const table of tables) if (n > (positions.get(table) ?? 0n)) positions.set(table, n);
    },
    know(tables, n) {
      if (n < knownAt) return;
      known = tables;
      knownAt = n;
    },
    of(model) {
      return ofAll(changeTablesOf(known, model.name));
    },
    ofAll,
    forget() {
      positions.clear();
      known = [];
      knownAt = 0n;
      latest = 0n;
    },
  };
}
