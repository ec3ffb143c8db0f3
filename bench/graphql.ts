import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon, { type Result } from "autocannon";
import { ConnectionString } from "mongodb-connection-string-url";
import { serveProject } from "../src/graphql/serve-project.ts";
import { importFiles } from "../src/imports/import-files.ts";
import { writeFiles } from "../src/imports/write-files.ts";
import { createLogger } from "../src/log.ts";
import { migrateUp } from "../src/migrations/migrate.ts";
import type { Fields } from "../src/models/field.ts";
import { type DocumentModel, toFieldName } from "../src/models/model.ts";
import type { DocumentStore } from "../src/stores/document-store.ts";
import { createLiveStore } from "../src/stores/mariadb/live-store.ts";
import { type MariaDb, openMariaDb } from "../src/stores/mariadb/mariadb.ts";
import { createMirrorStore } from "../src/stores/mongodb/mirror-store.ts";
import { openMongoDb } from "../src/stores/mongodb/mongodb.ts";
import { fillMirror } from "../test/support/fill-mirror.ts";
import project from "../vitrine.config.ts";
import type { BenchContext } from "./bench-context.ts";

const CONNECTIONS = 16;
const SECONDS = 4;
const PAGE = 20;

/** What GraphQL costs: whole documents through the gateway, beside a bare handler that sends the same bytes. */
export async function run(context: BenchContext): Promise<void> {
  const name = `vitrine_bench_${process.pid}`;
  const server = openMariaDb(context.mariadbUrl, { size: 1 });
  await server.run(`create database ${name} character set utf8mb4 collate utf8mb4_nopad_bin`);
  const place = { pathname: `/${name}` };
  const mariadbUrl = Object.assign(new URL(context.mariadbUrl), place).href;
  const mongodbUrl = Object.assign(new ConnectionString(context.mongodbUrl), place).toString();
  const admin = openMariaDb(mariadbUrl, { size: 4, multipleStatements: true });
  const reader = openMariaDb(mariadbUrl, { size: CONNECTIONS });
  const mongo = openMongoDb(mongodbUrl);
  try {
    await fillShop(admin);
    await fillMirror(admin, mongo, project);
    const live = createLiveStore(reader);
    const mirror = createMirrorStore(mongo);
    const settings = {
      host: "127.0.0.1",
      port: 0,
      allowedHosts: [],
      maxStalenessMs: 10_000,
      queryTimeoutMs: 10_000,
      maxDepth: 12,
      maxCost: 200_000,
      maxValues: 500_000,
      maxAnswerBytes: 16_000_000,
    };
    const databases = { live, mirror, reader, writer: admin, mongo };
    const gateway = await serveProject({
      project,
      projectDir: ".",
      settings,
      logger: createLogger("silent"),
      ...databases,
    });
    context.print(
      `\nGraphQL at scale 0.1, ${CONNECTIONS} connections, beside a bare handler that sends the same bytes`,
    );
    for (const store of [live, mirror]) await measure(context, store, gateway.url);
    await gateway.close();
  } finally {
    await mongo.db.dropDatabase();
    await Promise.all([admin.close(), reader.close(), mongo.close()]);
    await server.run(`drop database ${name}`);
    await server.close();
  }
}

async function fillShop(admin: MariaDb): Promise<void> {
  await migrateUp({ admin, sqlDir: project.sql, domains: project.domains });
  for (const domain of project.domains) {
    if (!domain.generate || !domain.import) continue;
    const dir = await mkdtemp(join(tmpdir(), "vitrine-bench-"));
    await writeFiles(domain.generate({ scale: 0.1, seed: 42, clean: true, end: "2008-01-01" }), dir);
    await importFiles({ admin, domain, dir });
    await rm(dir, { recursive: true });
  }
}

async function measure(context: BenchContext, store: DocumentStore, url: string): Promise<void> {
  const [model] = project.domains.flatMap((domain) => domain.models);
  if (!model) return;
  const root = toFieldName(model.typeName);
  const source = store.name === "live" ? "LIVE" : "MIRROR";
  const page = { where: null, orderBy: [], after: null, before: null, limit: PAGE, fromEnd: false };
  const [some] = await store.findPage(model, { ...page, limit: 1 });
  const id = String(some?.[model.key]);
  const cases = [
    {
      what: "one document by id",
      query: `query One($id: ID!) { ${root}(id: $id source: ${source}) ${select(model)} }`,
      bare: async () => ({ [root]: (await store.findByIds(model, [id])).get(id) }),
    },
    {
      what: `${PAGE} nested documents`,
      query: `query Page { ${root}Connection(first: ${PAGE} source: ${source}) { nodes ${select(model)} } }`,
      bare: async () => ({ [`${root}Connection`]: { nodes: await store.findPage(model, page) } }),
    },
  ];
  for (const { what, query, bare } of cases) {
    const peer = createServer(async (_request, response) => {
      const body = JSON.stringify({ data: await bare() });
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    });
    await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
    const peerUrl = `http://127.0.0.1:${(peer.address() as AddressInfo).port}/`; // it listens on TCP
    const body = JSON.stringify({ query, variables: { id } });
    await assertSame(url, peerUrl, body);
    const through = await load(url, body);
    const direct = await load(peerUrl, body);
    peer.closeAllConnections();
    peer.close();
    const ratio = (through.requests.average / direct.requests.average).toFixed(2);
    context.print(
      `  ${store.name.padEnd(6)}  ${what.padEnd(20)}  ${format(through)}   bare ${format(direct)}   ${ratio} ×`,
    );
  }
}

/** All stored fields, so that the answer is the whole document. */
function select({ fields }: Pick<DocumentModel, "fields">): string {
  const names = Object.entries(fields).flatMap(([name, field]) => {
    if (field.kind === "link") return [];
    const inner: { readonly kind: string; readonly fields?: Fields } =
      field.kind === "list" ? field.item : field;
    return [inner.fields ? `${name} ${select({ fields: inner.fields })}` : name];
  });
  return `{ ${names.join(" ")} }`;
}

const post = { method: "POST", headers: { "content-type": "application/json" } } as const;

async function assertSame(url: string, peerUrl: string, body: string): Promise<void> {
  const [through, direct] = await Promise.all(
    [url, peerUrl].map(async (address) => {
      const answer = (await (await fetch(address, { ...post, body })).json()) as { readonly data: unknown };
      return JSON.stringify(answer.data);
    }),
  );
  if (through !== direct) throw new Error(`The gateway and the bare handler differ:\n${through}\n${direct}`);
}

async function load(url: string, body: string): Promise<Result> {
  const options = { url, ...post, body, connections: CONNECTIONS, workers: 1 };
  await autocannon({ ...options, duration: 1 });
  const result = await autocannon({ ...options, duration: SECONDS });
  if (result.errors + result.non2xx > 0) throw new Error(`${url} failed under load.`);
  return result;
}

const format = ({ requests, latency }: Result): string =>
  `${String(Math.round(requests.average)).padStart(5)}/s, p99 ${latency.p99.toFixed(0).padStart(3)} ms`;
