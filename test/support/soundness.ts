import fc from "fast-check";
import type { DocumentModel } from "../../src/models/model.ts";
import { type MariaDb, type MariaDbConnection, sqlErrorOf } from "../../src/stores/mariadb/mariadb.ts";
import { lastChanges, readTouchedIds } from "./changes.ts";
import { readDocuments } from "./model-contract.ts";

/** One statement on base tables. */
export interface Operation {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}

type Value = string | number | null;

/** A statement with values that are drawn. */
export const operation = (sql: string, ...values: readonly fc.Arbitrary<Value>[]): fc.Arbitrary<Operation> =>
  fc.tuple(...values).map((all) => ({ sql, values: all }));

/** Documents that a round changed although no touched view named them. */
export interface Missed {
  readonly model: string;
  readonly documentId: string;
}

export interface Round {
  /** Done before the round, so that it starts from many states. */
  readonly before: readonly Operation[];
  readonly operations: readonly Operation[];
}

/**
 * Rounds of 1 to 6 operations. Single ones are not enough: what a touched view joins may have moved by
 * the time it is asked, and only a later operation moves it.
 */
export const rounds = (operation: fc.Arbitrary<Operation>): fc.Arbitrary<Round> =>
  fc.record({
    before: fc.array(operation, { maxLength: 6 }),
    operations: fc.array(operation, { minLength: 1, maxLength: 6 }),
  });

/**
 * Does a round in a transaction that is rolled back, asks the touched views after its last operation, as the
 * loader does, and returns what they missed. `onDifferent` is told how many documents differ.
 */
export async function findMissed(
  db: MariaDb,
  models: readonly DocumentModel[],
  round: Round,
  onDifferent: (model: string, count: number) => void = () => {},
): Promise<readonly Missed[]> {
  return db.withConnection(async (connection) => {
    await connection.run("start transaction");
    for (const operation of round.before) await attempt(connection, operation);
    const first = await lastChanges(connection);
    const before = await readAll(connection, models);
    for (const operation of round.operations) await attempt(connection, operation);
    const last = await lastChanges(connection);
    const after = await readAll(connection, models);
    const missed: Missed[] = [];
    for (const [index, model] of models.entries()) {
      const touched = await readTouchedIds(connection, model.name, first, last);
      const different = differingIds(before[index] ?? new Map(), after[index] ?? new Map());
      onDifferent(model.name, different.length);
      for (const documentId of different)
        if (!touched.has(documentId)) missed.push({ model: model.name, documentId });
    }
    await connection.run("rollback");
    return missed;
  });
}

/** What a foreign key, a check or a rule of the domain refuses has changed nothing. */
const refused = new Set([1062, 1451, 1452, 1761, 4025]);

/** Does one write, or nothing when it is refused. @throws every other error: the operation itself is wrong. */
export async function attempt(connection: MariaDbConnection, { sql, values }: Operation): Promise<void> {
  try {
    await connection.run(sql, values);
  } catch (error) {
    const known = sqlErrorOf(error);
    if (!known || !(refused.has(known.errno) || known.sqlState === "45000")) throw error;
  }
}

async function readAll(connection: MariaDbConnection, models: readonly DocumentModel[]) {
  const all: ReadonlyMap<string, string>[] = [];
  for (const model of models) all.push(await readDocuments(connection, model));
  return all;
}

const differingIds = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((id) => before.get(id) !== after.get(id));
