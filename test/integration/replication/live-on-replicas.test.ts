import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type OpenReplicas, openReplicas } from "../../../src/app/open-replicas.ts";
import { readToken } from "../../../src/freshness/write-token.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import type { MariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { takeToken } from "../../../src/stores/mariadb/take-token.ts";
import { countStatements } from "../../support/count-statements.ts";
import type { ReplicatedGarden, ReplicatedServer } from "../../support/replicated-garden.ts";
import { openTcpProxy } from "../../support/tcp-proxy.ts";
import { type GatewayOnReplica, openGatewayOnReplica } from "./gateway-on-replica.ts";

let opened: GatewayOnReplica;
let garden: ReplicatedGarden;
let primary: ReplicatedServer;
let replica: ReplicatedServer;
let reader: MariaDb;
let replicas: OpenReplicas;

beforeAll(async () => {
  opened = await openGatewayOnReplica(inject("mongodbUrl"));
  ({ garden, primary, replica, reader, replicas } = opened);
});
afterAll(() => opened?.close());

interface Answer {
  readonly data: { readonly plantCard: { readonly species: string } | null } | null;
  readonly errors?: unknown;
  readonly extensions: { readonly freshness: readonly { node?: string; lagMs: number; source: string }[] };
}
/** The plant's name, and who said so. */
async function ask(args = "source: LIVE") {
  const response = await fetch(opened.url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: `{ plantCard(id: "1", ${args}) { species } }` }),
  });
  const { data, errors, extensions } = (await response.json()) as Answer;
  const [freshness] = extensions?.freshness ?? [];
  return { species: data?.plantCard?.species, errors, ...freshness };
}
const hostOf = ({ port }: ReplicatedServer) => `127.0.0.1:${port}`;
const rename = (species: string) =>
  primary.db.run("update plant set species = ? where plant_id = 1", [species]);
const fromReplica = () => expect.poll(ask, { timeout: 10_000 }).toMatchObject({ node: hostOf(replica) });

test("live reads are answered by the replica, which says its name and an age that is true", async () => {
  await fromReplica();
  await rename("Rosa");
  const written = performance.now();
  await expect.poll(async () => (await ask()).species, { timeout: 5000 }).toBe("Rosa");
  // Whatever an answer lacks is younger than its age.
  await replica.db.query("stop slave sql_thread");
  await rename("Alba");
  const from = performance.now();
  for (let round = 0; round < 10; round++) {
    const before = performance.now();
    const { species, lagMs, node } = await ask();
    if (species === "Rosa") expect(lagMs).toBeGreaterThanOrEqual(Math.floor(before - from));
    else expect(node).not.toBe(hostOf(replica));
    await sleep(50);
  }
  expect(written).toBeLessThan(from);
});

test("a replica that has stopped is left out, and said to be", async () => {
  await expect.poll(ask, { timeout: 10_000 }).toMatchObject({ species: "Alba" });
  expect(await ask()).not.toHaveProperty("node");
  expect(replicas.replicas.states()).toEqual([
    { host: hostOf(replica), behindMs: expect.any(Number), problem: "it is more than 2000 ms behind" },
  ]);
  await replica.db.query("start slave sql_thread");
  await fromReplica();
});

test("a replica whose connections are all at work is as young as it is", async () => {
  await fromReplica();
  const pool = replicas.replicas.readers.get(hostOf(replica));
  const atWork = Promise.all(Array.from({ length: 8 }, () => pool?.query("select sleep(2)")));
  for (let n = 0; n < 15; n++) {
    await rename(`Rosa ${n}`);
    await sleep(200);
  }
  const [state] = replicas.replicas.states();
  expect(state?.problem).toBeNull();
  expect(state?.behindMs).toBeLessThan(2000);
  await atWork;
});

test("what a replica does not know yet is asked of the primary", async () => {
  await fromReplica();
  const [view] = await replica.db.query<{ "Create View": string }>("show create view plant_card");
  await replica.db.query("set sql_log_bin = 0; drop view plant_card; set sql_log_bin = 1");
  const seen = await ask();
  await replica.db.query(`set sql_log_bin = 0; ${view?.["Create View"]}; set sql_log_bin = 1`);
  expect(seen.errors).toBeUndefined();
  expect(seen.species).toMatch(/^Rosa/);
  expect(seen).not.toHaveProperty("node");
});

test("what a replica cannot give for a lock, or while its cluster cannot agree, is asked of the primary", async () => {
  await fromReplica();
  // Connections that are there keep what they began with.
  await replica.db.query("set global lock_wait_timeout = 1; kill connection user failover");
  await fromReplica();
  const seen = await replica.db.withConnection(async (connection) => {
    await connection.run("lock tables plant write");
    const answer = await ask();
    await connection.run("unlock tables");
    return answer;
  });
  await replica.db.query("set global lock_wait_timeout = default");
  expect(seen.errors).toBeUndefined();
  expect(seen.species).toMatch(/^Rosa/);
  expect(seen).not.toHaveProperty("node");
});

test("a read that has begun on a replica which then hangs is asked of the primary", async () => {
  await fromReplica();
  await replica.db.query("set global lock_wait_timeout = 60; kill connection user failover");
  await fromReplica();
  const answer = await replica.db.withConnection(async (connection) => {
    await connection.run("lock tables plant write");
    const asked = ask();
    await expect
      .poll(() =>
        replica.db.query(
          "select 1 from information_schema.processlist where state like 'Waiting for table%'",
        ),
      )
      .not.toEqual([]);
    replica.kill("SIGSTOP");
    try {
      return await asked;
    } finally {
      replica.kill("SIGCONT");
      await connection.run("unlock tables");
    }
  });
  await replica.db.query("set global lock_wait_timeout = default");
  expect(answer.errors).toBeUndefined();
  expect(answer.species).toMatch(/^Rosa/);
  expect(answer).not.toHaveProperty("node");
});

test("a read with a token is answered by a server that has the write", async () => {
  await replica.db.query("stop slave sql_thread");
  await rename("Rugosa");
  const token = await takeToken(primary.db);
  const seen = await ask(`source: LIVE, afterWrite: "${token}"`);
  expect(seen).toMatchObject({ species: "Rugosa" });
  expect(seen).not.toHaveProperty("node");
  await replica.db.query("start slave sql_thread");
  await replica.catchUp(primary);
  await fromReplica();
  await expect
    .poll(() => ask(`source: LIVE, afterWrite: "${token}"`), { timeout: 5000 })
    .toMatchObject({ species: "Rugosa", node: hostOf(replica) });
  expect(readToken(token).n).toBeGreaterThan(0n);
});

test("an export takes a replica that is near enough, and none that is not", async () => {
  expect(await replicas.take(undefined)).not.toBeNull();
  await replica.db.query("stop slave sql_thread");
  await rename("Canina");
  expect(await replicas.take(new Date(Date.now() + 500).toISOString())).toBeNull();
  await replica.db.query("start slave sql_thread");
  await replica.catchUp(primary);
});

test("an export takes a replica that answers, and does not wait for one that hangs", async () => {
  const hanging = await openTcpProxy(replica.port);
  hanging.blackHole();
  const { port } = hanging;
  const both = openReplicas(
    garden.addressOf({ ...replica, port }, replica),
    reader,
    { poolSize: 2, readMaxLagMs: 2000 },
    (pool) => createLiveStore(pool),
  );
  try {
    expect(await both.take(undefined)).not.toBeNull();
    const states = both.replicas.states();
    expect(states.find(({ host }) => host === `127.0.0.1:${port}`)?.problem).toBe("it has not answered yet");
  } finally {
    hanging.open();
    await both.close();
    await hanging.close();
  }
});

test("a file over HTTP is read on the replica, of one snapshot or one moment, and on the primary where that fails", async () => {
  await fromReplica();
  const fetchFile = async (query: string) => {
    const response = await fetch(new URL(`/export/plant_card.ndjson?${query}`, opened.url));
    const [freshness] = JSON.parse(response.headers.get("x-vitrine-freshness") ?? "[]");
    const lines = (await response.text()).trimEnd().split("\n");
    return { species: JSON.parse(lines[0] ?? "{}").species, node: freshness?.node };
  };
  const sentTo = async (query: string) => {
    let seen: Awaited<ReturnType<typeof fetchFile>> | undefined;
    const count = await countStatements(replica.db, "`plant_card`", async () => {
      seen = await fetchFile(query);
    });
    return { ...seen, isThere: count > 0 };
  };
  const all = { species: "Canina", isThere: true };
  await expect
    .poll(() => sentTo("source=live"), { timeout: 10_000 })
    .toEqual({ ...all, node: hostOf(replica) });
  const tables = await primary.db.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = database()
      and table_type = 'BASE TABLE' and table_name not like 'vitrine\\_%'`,
  );
  for (const { name } of tables) await primary.db.query(`alter table ${name} add system versioning`);
  const [now] = await primary.db.query<{ at: string }>(
    "select date_format(utc_timestamp(3), '%Y-%m-%dT%T.%fZ') as at",
  );
  const asOf = `${now?.at.slice(0, 23)}Z`;
  await sleep(1500);
  await fromReplica();
  expect(await sentTo(`asOf=${asOf}`)).toMatchObject(all);
  const [view] = await replica.db.query<{ "Create View": string }>("show create view plant_card");
  await replica.db.query("set sql_log_bin = 0; drop view plant_card; set sql_log_bin = 1");
  try {
    expect(await fetchFile("source=live")).toEqual({ species: "Canina" });
  } finally {
    await replica.db.query(`set sql_log_bin = 0; ${view?.["Create View"]}; set sql_log_bin = 1`);
  }
});

test("a replica that dies costs no answer", async () => {
  await fromReplica();
  replica.kill();
  for (let round = 0; round < 20; round++) expect(await ask()).toMatchObject({ species: "Canina" });
  expect(await ask()).not.toHaveProperty("node");
  await replica.start();
  await replica.db.query("start slave").catch(() => undefined);
  await replica.db.query("set global read_only = 1");
  await replica.catchUp(primary);
  await fromReplica();
});
