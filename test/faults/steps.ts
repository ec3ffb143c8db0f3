import type { MariaDb, MariaDbConnection, Queryable } from "../../src/stores/mariadb/mariadb.ts";
import type { MongoDb } from "../../src/stores/mongodb/mongodb.ts";

/**
 * The statements and commands of a batch, in the order in which a loader sends them. It can be struck before
 * and after each: that is every moment at which anything outside its memory changes.
 */
const statements = {
  "raise position": /^\s*update vitrine_position set n/,
  "open snapshot": /incarnation from vitrine_position union all/,
  "read changes": /vitrine_id as id, vitrine_at/,
  "read touched": /_touched_by_/,
  "append to queue": /insert into vitrine_pending/,
  "delete changes": /delete target.*vitrine_change_/s,
  "read queue": /select pending_id as id/,
  "delete queue rows": /delete target.*vitrine_pending/s,
  "note acknowledged": /update vitrine_state set acked/,
  "save rebuild cursor": /update vitrine_state set rebuild_cursor = \?/,
  "finish rebuild": /update vitrine_state set rebuild_status = 'done'/,
} as const;

/** By itself, or in a block that gives the connection's settings back. */
const isCommit = (sql: string): boolean => /^\s*(?:begin not atomic\s+)?commit\b/.test(sql);

/** A commit is named by the last statement of its connection. */
const commits: Readonly<Record<string, Step>> = {
  "raise position": "commit position",
  "delete changes": "commit resolve",
  "note acknowledged": "commit acknowledge",
  "save rebuild cursor": "commit acknowledge",
  "read touched": "release snapshot",
  "read queue": "release snapshot",
};

export const steps = [
  "raise position",
  "open snapshot",
  "commit position",
  "read changes",
  "read touched",
  "append to queue",
  "delete changes",
  "commit resolve",
  "read queue",
  "release snapshot",
  "write documents",
  "record applied",
  "commit documents",
  "delete queue rows",
  "note acknowledged",
  "commit acknowledge",
  "insert documents",
  "save rebuild cursor",
  "finish rebuild",
] as const;
export type Step = (typeof steps)[number];
export const rebuildSteps: readonly Step[] = ["insert documents", "save rebuild cursor", "finish rebuild"];

/** `models`: whose documents are written, or acknowledged by this commit; none at other steps. */
export type OnStep = (step: Step, when: "before" | "after", models: readonly string[]) => void;

/** The same pool; tells each step of a batch. The loader is given it, and knows nothing of it. */
export function watchMariaDb(db: MariaDb, onStep: OnStep): MariaDb {
  const watched: Pick<MariaDb, keyof Queryable | "withConnection" | "transaction"> = {
    ...watchQueryable(db, onStep),
    withConnection: (work) => db.withConnection((connection) => work(watchConnection(connection, onStep))),
    transaction: (work) => db.transaction((connection) => work(watchConnection(connection, onStep))),
  };
  // Not a copy: what a pool of several servers says of itself depends on which it is.
  return Object.assign(Object.create(db), watched);
}

const watchConnection = (connection: MariaDbConnection, onStep: OnStep): MariaDbConnection => ({
  ...connection,
  ...watchQueryable(connection, onStep),
});

function watchQueryable(target: Queryable, onStep: OnStep): Queryable {
  let last = "";
  let acknowledged: readonly string[] = [];
  const nameOf = (sql: string): Step | undefined => {
    if (isCommit(sql)) return commits[last];
    const found = Object.entries(statements).find(([, pattern]) => pattern.test(sql))?.[0];
    if (found) last = found;
    // The keys of `statements` are steps.
    return found as Step | undefined;
  };
  const around = async <T>(
    sql: string,
    values: readonly unknown[] | undefined,
    send: () => Promise<T>,
  ): Promise<T> => {
    const step = nameOf(sql);
    if (step === "note acknowledged") acknowledged = readModels(values ?? []);
    const models = isCommit(sql) ? acknowledged : [];
    if (isCommit(sql)) acknowledged = [];
    if (step) onStep(step, "before", models);
    const result = await send();
    if (step) onStep(step, "after", models);
    return result;
  };
  return {
    query: (sql, values) => around(sql, values, () => target.query(sql, values)),
    run: (sql, values) => around(sql, values, () => target.run(sql, values)),
  };
}

/** Behind two positions, the values are name, shape and collection of each model. */
const readModels = (values: readonly unknown[]): readonly string[] =>
  values.slice(2).flatMap((value, index) => (index % 3 === 0 ? [String(value)] : []));

/** Tells the steps of a client that was opened with `monitorCommands`. */
export function watchMongoDb({ client }: MongoDb, onStep: OnStep): void {
  const running = new Map<number, Step>();
  client.on("commandStarted", ({ requestId, commandName, command }) => {
    const collection = String(command[commandName]);
    const step = nameOfCommand(commandName, collection);
    if (!step) return;
    running.set(requestId, step);
    // The next collections of a model have a number behind its name.
    onStep(step, "before", [collection.replace(/\.\d+$/, "")]);
  });
  client.on("commandSucceeded", ({ requestId }) => {
    const step = running.get(requestId);
    running.delete(requestId);
    if (step) onStep(step, "after", []);
  });
  client.on("commandFailed", ({ requestId }) => running.delete(requestId));
}

function nameOfCommand(command: string, collection: string): Step | undefined {
  if (command === "update") return collection === "_vitrine" ? "record applied" : "write documents";
  if (command === "insert") return "insert documents";
  return command === "commitTransaction" ? "commit documents" : undefined;
}
