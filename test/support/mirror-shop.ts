import { createLogger } from "../../src/log.ts";
import type { LoaderEvent } from "../../src/mirror/events.ts";
import { createLoader, type Loader, type LoaderOptions, loaderConnections } from "../../src/mirror/loader.ts";
import { type VerifyReport, verifyModel } from "../../src/mirror/verify/verify.ts";
import type { DocumentModel } from "../../src/models/model.ts";
import { type MariaDb, openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { compareShop } from "./comparator.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";
import { prepareShop } from "./shop-operations.ts";

/** A small shop with its mirror, and everything that a test asks of both. */
export interface MirrorShop extends TestDatabase {
  readonly db: MariaDb;
  readonly models: readonly DocumentModel[];
  readonly events: LoaderEvent[];
  model(name: string): DocumentModel;
  createLoader(
    models?: readonly DocumentModel[],
    more?: Partial<LoaderOptions> & { readonly wrap?: (db: MariaDb) => MariaDb },
  ): Loader;
  /** Lets the loader mirror everything that is committed now. */
  mirror(): Promise<void>;
  verify(name: string, deep?: boolean): Promise<VerifyReport>;
  /** Defects of all models, found by `verify --deep`. */
  defects(): Promise<readonly string[]>;
  /** What the independent comparator says. */
  disagreements(): Promise<readonly unknown[]>;
}

/** Opens databases of its own, with a shop of four customers in it. Nothing is mirrored yet. */
export async function openMirrorShop(): Promise<MirrorShop> {
  const database = await openTestDatabase();
  const db = openMariaDb(database.mariadbUrl);
  const pools: MariaDb[] = [db];
  const models = database.project.domains.flatMap((domain) => domain.models);
  const events: LoaderEvent[] = [];
  await prepareShop(db);
  const { mongo } = database;
  const signal = new AbortController().signal;
  const create: MirrorShop["createLoader"] = (
    chosen = models,
    { wrap = (pool: MariaDb) => pool, ...more } = {},
  ) => {
    // Loaders are processes: they share no pool.
    const pool = openMariaDb(database.mariadbUrl, { size: loaderConnections });
    pools.push(pool);
    return createLoader({
      db: wrap(pool),
      mongo,
      models: chosen,
      logger: createLogger("silent"),
      onEvent: (event) => events.push(event),
      ...more,
    });
  };
  const once = create();
  const model = (name: string) => {
    const found = models.find((candidate) => candidate.name === name);
    if (!found) throw new Error(`There is no model ${name}.`);
    return found;
  };
  const verify = (name: string, deep = true) => verifyModel({ db, mongo, model: model(name), deep, signal });
  return {
    ...database,
    db,
    models,
    events,
    model,
    createLoader: create,
    mirror: () => once.once(signal),
    verify,
    async defects() {
      const found: string[] = [];
      for (const { name } of models) {
        const report = await verify(name);
        if (!report.isComplete) found.push(`${name} is not complete`);
        for (const defect of report.defects) found.push(`${name} ${defect.id} ${defect.kind}`);
      }
      return found;
    },
    async disagreements() {
      return (await compareShop(database.mariadbUrl, database.mongodbUrl)).disagreements;
    },
    async close() {
      for (const pool of pools) await pool.close();
      await database.close();
    },
  };
}
