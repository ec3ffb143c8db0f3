import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRuns } from "../../../src/core/read-runs.ts";
import { createFreshness } from "../../../src/freshness/freshness.ts";
import { createCallLog } from "../../../src/graphql/call-for.ts";
import { defaultLimits } from "../../../src/graphql/limits.ts";
import { createLiveCubes } from "../../../src/graphql/live-cubes.ts";
import { createLiveDocuments } from "../../../src/graphql/live-documents.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { readProjectPages } from "../../../src/graphql/project-pages.ts";
import { createRouter } from "../../../src/graphql/router.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { createServer, type Server, type ServerOptions } from "../../../src/graphql/server.ts";
import { writeFiles } from "../../../src/imports/write-files.ts";
import { createLogger } from "../../../src/log.ts";
import type { Project } from "../../../src/models/project.ts";
import { createHostRule } from "../../../src/monitor/allowed-hosts.ts";
import { readReadiness } from "../../../src/monitor/mirror-gauges.ts";
import { createRunReport } from "../../../src/monitor/run-gauges.ts";
import { createDocsPage } from "../../../src/reference/docs-page.ts";
import { createProcedureCaller } from "../../../src/stores/mariadb/call-procedure.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { createMirrorFeed } from "../../../src/stores/mongodb/mirror-feed.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import everything from "../../../vitrine.config.ts";
import { openTestDatabase, type TestDatabase, type TestDatabaseOptions } from "../../support/database.ts";
import { fillMirror } from "../../support/fill-mirror.ts";
import { importAll } from "../../support/import-all.ts";
import { mirrorEverything } from "../../support/mirror-everything.ts";
import { shopAlone } from "../../support/shop-alone.ts";

/** What a client reads. */
export interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
  readonly extensions?: { readonly freshness: readonly Record<string, unknown>[] };
}

export interface TestGateway {
  readonly database: TestDatabase;
  readonly server: Server;
  readonly options: ServerOptions;
  /** Log lines so far. */
  readonly log: readonly Record<string, unknown>[];
  ask(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  close(): Promise<void>;
}

/** A day that no test takes for its own. */
const LONG_AGO = "2008-01-01";

/** What happens in the shop between the import of its files and the filling of the mirror. */
type Prepare = (database: TestDatabase) => Promise<void>;

/**
 * A small generated shop in both stores behind a real server; the mirror is filled once and not followed.
 * @param project another one, whose domains all get their samples
 */
export const openTestGateway = (
  changes: Partial<ServerOptions> = {},
  prepare: Prepare = async () => undefined,
  project: Project = shopAlone,
): Promise<TestGateway> =>
  openGateway(
    { project, scale: 0.01, end: LONG_AGO },
    async (database) => {
      await prepare(database);
      await fillMirror(database.admin, database.mongo, database.project);
    },
    changes,
  );

/** All domains, of three times the size, for those who reckon from now: they end with the day before `end`. */
export const openGatewayUntil = (end: string): Promise<TestGateway> =>
  openGateway(
    { project: shopAlone, scale: 0.03, end },
    ({ admin, mongo, project }) => fillMirror(admin, mongo, project),
    {},
  );

/** All domains as large as in the field, mirrored by the loader. */
export const openGatewayAtScale = (scale: number, prepare: Prepare): Promise<TestGateway> =>
  openGateway(
    { project: everything, scale, end: LONG_AGO },
    async (database) => {
      await prepare(database);
      await mirrorEverything(database);
    },
    {},
  );

/** What `prepare` writes into the tables of another project, in both stores. */
export async function openGatewayOf(options: TestDatabaseOptions, prepare: Prepare): Promise<TestGateway> {
  const database = await openTestDatabase(options);
  await prepare(database);
  await fillMirror(database.admin, database.mongo, database.project);
  return serve(database, {});
}

async function openGateway(
  { project, scale, end }: { readonly project: Project; readonly scale: number; readonly end: string },
  fill: (database: TestDatabase) => Promise<void>,
  changes: Partial<ServerOptions>,
): Promise<TestGateway> {
  const database = await openTestDatabase({ project });
  const { admin } = database;
  for (const domain of project.domains) {
    if (!domain.generate || !domain.imports) continue;
    const dir = await mkdtemp(join(tmpdir(), "vitrine-shop-"));
    await writeFiles(domain.generate({ scale, seed: 7, clean: false, end }), dir);
    await importAll({ admin, domain, dir });
    await rm(dir, { recursive: true });
  }
  await fill(database);
  return serve(database, changes);
}

async function serve(database: TestDatabase, changes: Partial<ServerOptions>): Promise<TestGateway> {
  const { project, mongo, reader } = database;
  const live = createLiveStore(reader);
  const log: Record<string, unknown>[] = [];
  const models = project.domains.flatMap((domain) => domain.models);
  const meter = createFreshness(reader, mongo, models);
  const schema = createSchema(project);
  const logger = createLogger("info", { write: (line: string) => void log.push(JSON.parse(line)) });
  const metrics = createMetrics({
    pool: reader.usage,
    mirror: { models, meter, isMongoReachable: mongo.isReachable },
    runs: createRunReport(reader),
  });
  const answering = {
    stores: { live, mirror: createMirrorStore(mongo) },
    route: createRouter({ meter, mirrorReachable: mongo.isReachable, defaultMaxStalenessMs: 10_000 }),
    timeoutMs: 10_000,
    maxDocuments: 10_000,
  };
  const feed = createMirrorFeed(mongo);
  const options: ServerOptions = {
    ...answering,
    schema,
    documents: createLiveDocuments(feed, answering.stores.mirror),
    liveCubes: createLiveCubes({ ...answering, models, feed, metrics: metrics.liveCubes }),
    readRuns: (filter) => readRuns(reader, filter),
    procedures: createProcedureCaller(
      database.writer,
      Object.assign({}, ...project.domains.map(({ rules }) => rules)),
    ),
    callLog: createCallLog(database.writer, logger),
    limits: { maxDepth: 12, maxCost: 200_000, ...defaultLimits },
    files: { maxRows: 1_000_000, timeoutMs: 60_000, maxAtOnce: 4 },
    exported: { models, reader },
    answer: { maxValues: 500_000, maxBytes: 16_000_000 },
    metrics,
    logger,
    host: "127.0.0.1",
    port: 0,
    hosts: createHostRule("127.0.0.1", []),
    readiness: () => readReadiness(meter, models),
    pages: [
      ...(await readProjectPages(project, ".", { schema, logger })),
      createDocsPage({ domains: project.domains, sqlDir: database.sqlDir }, ".", reader),
    ],
    ...changes,
  };
  const server = await createServer(options);
  return {
    database,
    server,
    options,
    log,
    ask: (query, variables, headers) => ask(server.url, query, variables, headers),
    async close() {
      await server.close();
      await database.close();
    },
  };
}

/** Posts a query as any client does. */
export async function ask(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}
