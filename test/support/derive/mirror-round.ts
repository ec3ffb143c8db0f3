import { readChangeTables } from "../../../src/core/change-tables.ts";
import { type MariaDb, type MariaDbConnection, quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import type { Random } from "../../faults/random.ts";
import { clearChanges, lastChanges, readTouchedIds } from "../changes.ts";
import { attempt, type Operation } from "../soundness.ts";

export interface RoundResult {
  /** Documents that the mirror shows otherwise than the view, though every change was resolved. */
  readonly wrong: readonly string[];
  /** How many documents the round changed, and how many were named. */
  readonly different: number;
  readonly named: number;
}

type Documents = Map<string, string>;

/**
 * Writes in a transaction that is rolled back, while a loader resolves what was logged so far, now and then, of some
 * tables or of all: it asks the touched view, reads the documents that it names, as they are then, and deletes the
 * changes. At the end it has resolved all, and must have what the view shows.
 */
export async function playRound(
  db: MariaDb,
  view: string,
  operations: { readonly before: readonly Operation[]; readonly writes: readonly Operation[] },
  random: Random,
): Promise<RoundResult> {
  return db.withConnection(async (connection) => {
    await connection.run("start transaction");
    for (const operation of operations.before) await attempt(connection, operation);
    const first = await readDocuments(connection, view);
    const mirror: Documents = new Map(first);
    await clearChanges(connection);
    let named = 0;
    const resolve = async (isAsked: (table: string) => boolean) => {
      const last = new Map([...(await lastChanges(connection))].filter(([table]) => isAsked(table)));
      const touched = await readTouchedIds(connection, view, new Map(), last);
      const now = touched.size > 0 ? await readDocuments(connection, view) : new Map<string, string>();
      for (const id of touched) {
        const document = now.get(id);
        if (document === undefined) mirror.delete(id);
        else mirror.set(id, document);
      }
      named += touched.size;
      for (const { name, source } of await readChangeTables(connection))
        if (last.has(source)) await connection.run(`delete from ${quoteName(name)}`);
    };
    for (const operation of operations.writes) {
      await attempt(connection, operation);
      const which = random.below(6);
      if (which === 0) await resolve(() => true);
      if (which === 1) await resolve(() => random.below(2) === 0);
    }
    await resolve(() => true);
    const last = await readDocuments(connection, view);
    await connection.run("rollback");
    return { wrong: differing(mirror, last), different: differing(first, last).length, named };
  });
}

const differing = (one: Documents, other: Documents): readonly string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((id) => one.get(id) !== other.get(id));

/** Documents as text by id; rows of one id together. A row without an id is no document. */
async function readDocuments(connection: MariaDbConnection, view: string): Promise<Documents> {
  const rows = await connection.query(`select * from ${quoteName(view)} where document_id is not null`);
  const documents: Documents = new Map();
  for (const { document_id: id, ...rest } of rows) {
    const known = documents.get(String(id));
    const text = JSON.stringify(rest);
    documents.set(String(id), known === undefined ? text : [...known.split("\n"), text].sort().join("\n"));
  }
  return documents;
}
