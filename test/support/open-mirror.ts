import { createLogger } from "../../src/log.ts";
import type { LoaderEvent } from "../../src/mirror/events.ts";
import { createLoader, type Loader, type LoaderOptions, loaderConnections } from "../../src/mirror/loader.ts";
import { type VerifyReport, verifyModel } from "../../src/mirror/verify/verify.ts";
import type { DocumentModel } from "../../src/models/model.ts";
import { type MariaDb, openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import type { Comparison } from "./comparator.ts";
import { openTestDatabase, type TestDatabase, type TestDatabaseOptions } from "./database.ts";

/** A database with rows and its mirror, and everything that a test asks of both. */
export interface TestMirror extends TestDatabase {
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

/** What is mirrored. */
export interface MirrorContents extends TestDatabaseOptions {
  /** Writes the rows. */
  prepare(db: MariaDb): Promise<void>;
  /** Says independently what the mirror must hold. */
  compare(mariadbUrl: string, mongodbUrl: string): Promise<Comparison>;
}

/** Opens databases of its own, with rows. Nothing is mirrored yet. */
export async function openMirror({ prepare, compare, ...options }: MirrorContents): Promise<TestMirror> {
  const database = await openTestDatabase(options);
  const db = openMariaDb(database.mariadbUrl);
  const pools: MariaDb[] = [db];
  const models = database.project.domains.flatMap((domain) => domain.models);
  const events: LoaderEvent[] = [];
  await prepare(db);
  const { mongo } = database;
  const signal = new AbortController().signal;
  const create: TestMirror["createLoader"] = (
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
      return (await compare(database.mariadbUrl, database.mongodbUrl)).disagreements;
    },
    async close() {
      for (const pool of pools) await pool.close();
      await database.close();
    },
  };
}
