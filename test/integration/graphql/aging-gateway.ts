import { createFreshness } from "../../../src/freshness/freshness.ts";
import { readToken } from "../../../src/freshness/write-token.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createRouter } from "../../../src/graphql/router.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { createLogger } from "../../../src/log.ts";
import { createLoader, loaderConnections } from "../../../src/mirror/loader.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { takeToken } from "../../../src/stores/mariadb/take-token.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { openMongoDb } from "../../../src/stores/mongodb/mongodb.ts";
import { openTcpProxy, type TcpProxy } from "../../support/tcp-proxy.ts";
import { ask, openGatewayAtScale } from "./gateway.ts";

/** What an answer shows of customer 1, and says of its age. */
export interface Seen {
  readonly lastName: string | undefined;
  /** Of its error. */
  readonly code: unknown;
  readonly source: string;
  readonly position: string | null;
  readonly lagMs: number;
  readonly pendingChanges: number;
  /** Milliseconds since 1970. */
  readonly asOf: number;
}

/** A name that customer 1 was given: at a moment between `from` and `to`, before position `n`. */
export interface Written {
  readonly lastName: string;
  readonly from: number;
  readonly to: number;
  readonly n: bigint;
}

/** A gateway over a mirror that a real loader follows, or not; every way to the stores can be made bad. */
export interface AgingGateway {
  readonly admin: MariaDb;
  /** Of its endpoint. */
  readonly url: string;
  /** Of the gateway. */
  readonly toMariaDb: TcpProxy;
  readonly toMongoDb: TcpProxy;
  readonly loaderToMongoDb: TcpProxy;
  startLoader(): void;
  stopLoader(): Promise<void>;
  /** MariaDB's, in milliseconds since 1970. */
  clock(): Promise<number>;
  write(lastName: string): Promise<Written>;
  read(variables?: Readonly<Record<string, unknown>>): Promise<Seen>;
  close(): Promise<void>;
}

const query = `query($source: Source, $maxStaleness: Int) {
  customerOrders(id: 1 source: $source maxStaleness: $maxStaleness) { lastName } }`;

/** Opens one over a small shop that is mirrored; the loader does not run yet. AUTO's limit is 10 s. */
export async function openAgingGateway(): Promise<AgingGateway> {
  const gateway = await openGatewayAtScale(0.005, async () => {});
  const { mariadbUrl, mongodbUrl, urls, project, admin } = gateway.database;
  const models = project.domains.flatMap((domain) => domain.models);
  const toMariaDb = await openTcpProxy(Number(new URL(mariadbUrl).port));
  const toMongoDb = await openTcpProxy(Number(new URL(mongodbUrl).port));
  const loaderToMongoDb = await openTcpProxy(Number(new URL(mongodbUrl).port));
  const reader = openMariaDb(through(toMariaDb, urls.reader));
  const mongo = openMongoDb(through(toMongoDb, mongodbUrl));
  const loaderPool = openMariaDb(urls.loader, { size: loaderConnections });
  const loaderMongo = openMongoDb(through(loaderToMongoDb, mongodbUrl));
  const server = await createServer({
    ...gateway.options,
    stores: { live: createLiveStore(reader), mirror: createMirrorStore(mongo) },
    route: createRouter({
      meter: createFreshness(reader, mongo, models),
      mirrorReachable: mongo.isReachable,
      defaultMaxStalenessMs: 10_000,
    }),
    metrics: createMetrics(),
  });
  let stopLoader = async () => {};
  const clock = async () => {
    const [row] = await admin.query<{ now: string }>("select unix_timestamp(now(6)) * 1000 as now");
    return Number(row?.now);
  };
  return {
    admin,
    url: server.url,
    toMariaDb,
    toMongoDb,
    loaderToMongoDb,
    startLoader() {
      const stop = new AbortController();
      const logger = createLogger("silent");
      const loader = createLoader({ db: loaderPool, mongo: loaderMongo, models, logger, verifyShare: 0 });
      const running = loader.run(stop.signal);
      stopLoader = async () => {
        stop.abort();
        await running;
      };
    },
    stopLoader: () => stopLoader(),
    clock,
    async write(lastName) {
      const from = await clock();
      await admin.run("update customer set last_name = ? where customer_id = 1", [lastName]);
      const to = await clock();
      return { lastName, from, to, n: readToken(await takeToken(admin)).n };
    },
    async read(variables) {
      const { data, errors, extensions } = await ask(server.url, query, variables);
      const { asOf, ...freshness } = extensions?.freshness[0] ?? {};
      return {
        // What the gateway says of a root field that was read; nothing when it was not.
        ...(freshness as unknown as Omit<Seen, "lastName" | "code" | "asOf">),
        lastName: (data?.customerOrders as { lastName: string } | null | undefined)?.lastName,
        code: errors?.[0]?.extensions.code,
        asOf: Date.parse(String(asOf)),
      };
    },
    async close() {
      await stopLoader();
      await server.close();
      await Promise.all([reader, mongo, loaderPool, loaderMongo].map((one) => one.close()));
      await Promise.all([toMariaDb, toMongoDb, loaderToMongoDb].map((proxy) => proxy.close()));
      await gateway.close();
    },
  };
}

const through = ({ port }: TcpProxy, url: string): string => Object.assign(new URL(url), { port }).href;
