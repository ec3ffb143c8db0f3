import type { Collection, Db, FindCursor } from "mongodb";
import type { MongoDb } from "../../src/stores/mongodb/mongodb.ts";

/** The same mirror; `before` is waited for before each answer to a `find` is asked for. */
export const interceptReads = (mongo: MongoDb, before: () => Promise<unknown>): MongoDb => ({
  ...mongo,
  db: wrap<Db>(mongo.db, {
    collection: (name: string) => {
      const documents = mongo.db.collection(name);
      return wrap<Collection>(documents, {
        find: (...query: Parameters<Collection["find"]>) => wrapCursor(documents.find(...query), before),
      });
    },
  }),
});

const wrapCursor = (cursor: FindCursor, before: () => Promise<unknown>): FindCursor =>
  wrap<FindCursor>(cursor, {
    toArray: async () => {
      await before();
      return cursor.toArray();
    },
    [Symbol.asyncIterator]: async function* () {
      await before();
      yield* cursor;
    },
  });

/** An object with other methods; one that returns the object itself returns this one. */
function wrap<T extends object>(target: T, own: Readonly<Record<string | symbol, unknown>>): T {
  return new Proxy(target, {
    get(_target, name, proxy) {
      if (name in own) return own[name];
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...given: readonly unknown[]) => {
        const result: unknown = value.apply(target, given);
        return result === target ? proxy : result;
      };
    },
  });
}
