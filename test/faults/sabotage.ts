import { setTimeout as sleep } from "node:timers/promises";
import type { MariaDb, MariaDbConnection, Queryable } from "../../src/stores/mariadb/mariadb.ts";
import type { MongoDb } from "../../src/stores/mongodb/mongodb.ts";

/**
 * Protocols that leave one thing out: negative controls. Each is made by changing what the loader sends, so
 * the loader itself has no switch for it.
 */
export const sabotages = {
  "last write wins": "a document is replaced whatever its version is",
  "hard delete": "a document that the view lacks is deleted and leaves no tombstone",
  watermark: "changes are read above the largest id read before",
  "no held lock": "the position is committed before the snapshot is opened",
} as const;
export type Sabotage = keyof typeof sabotages;

/** A loader without the lock opens its snapshots so much after their numbers were given. */
const GAP_MS = 250;

interface ReplaceOne {
  readonly replaceOne: {
    readonly filter: Record<string, unknown>;
    readonly replacement: Record<string, unknown>;
    readonly upsert: boolean;
  };
}

/** The same database; bulk writes go without their guard, or delete for good. */
export function sabotageMongoDb(mongo: MongoDb, sabotage: Sabotage | null): MongoDb {
  if (sabotage !== "last write wins" && sabotage !== "hard delete") return mongo;
  const alter = ({ replaceOne }: ReplaceOne) => {
    const { filter, replacement, upsert } = replaceOne;
    if (sabotage === "last write wins")
      return { replaceOne: { filter: { _id: filter._id }, replacement, upsert } };
    return replacement._del ? { deleteOne: { filter } } : { replaceOne };
  };
  const db = new Proxy(mongo.db, {
    get(target, name) {
      if (name !== "collection") return Reflect.get(target, name);
      return (collectionName: string) =>
        new Proxy(target.collection(collectionName), {
          get(collection, method) {
            if (method === "bulkWrite")
              // The loader's bulks hold guarded replacements only.
              return (operations: readonly ReplaceOne[], options: object) =>
                collection.bulkWrite(operations.map(alter) as never, options);
            const value = Reflect.get(collection, method);
            return typeof value === "function" ? value.bind(collection) : value;
          },
        });
    },
  });
  return { ...mongo, db };
}

/** The same pool; statements of the protocol are altered. */
export function sabotageMariaDb(db: MariaDb, sabotage: Sabotage | null): MariaDb {
  if (sabotage !== "watermark" && sabotage !== "no held lock") return db;
  /** By change table. */
  const watermarks = new Map<string, bigint>();
  const alter = (target: Queryable): Queryable => ({
    query: async <T extends object>(sql: string, values?: readonly unknown[]) => {
      // The gap that the lock spans, and long enough for another loader to fall into it.
      if (sabotage === "no held lock" && sql.includes("incarnation from vitrine_position union all"))
        await sleep(GAP_MS);
      if (sabotage !== "watermark" || !sql.includes("vitrine_id as id, vitrine_at"))
        return target.query<T>(sql, values);
      const tables = [...sql.matchAll(/from `(vitrine_change_\w+)`/g)].map(([, table = ""]) => table);
      const rows = await target.query<T & { readonly t: string | number; readonly id: string }>(
        sql,
        tables.map((table) => String(watermarks.get(table) ?? 0n)),
      );
      for (const { t, id } of rows) {
        const table = tables[Number(t)] ?? "";
        if (BigInt(id) > (watermarks.get(table) ?? 0n)) watermarks.set(table, BigInt(id));
      }
      return rows;
    },
    run: async (sql, values) => {
      if (sabotage !== "no held lock") return target.run(sql, values);
      const result = await target.run(sql, values);
      if (/^\s*update vitrine_position set n/.test(sql)) await target.run("commit");
      return result;
    },
  });
  const alterConnection = (connection: MariaDbConnection) => ({
    ...connection,
    ...alter(connection),
  });
  return {
    ...db,
    ...alter(db),
    withConnection: (work) => db.withConnection((connection) => work(alterConnection(connection))),
  };
}
