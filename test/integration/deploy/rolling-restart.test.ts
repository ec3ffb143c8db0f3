import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareShop } from "../../support/comparator.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openReadyBalancer, type ReadyBalancer } from "../../support/ready-balancer.ts";
import { runVitrine } from "../../support/run-vitrine.ts";
import { prepareShop } from "../../support/shop-operations.ts";
import { askAlways, writeAlways } from "../../support/shop-traffic.ts";
import { openVitrineServers, type VitrineServers } from "../../support/vitrine-servers.ts";

/** Two gateways behind a balancer and loaders by domain, as a cluster runs them, each replaced while it is used. */
let database: TestDatabase;
let dataDir: string;
let balancer: ReadyBalancer;
let servers: VitrineServers;
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "vitrine-rolling-"));
  balancer = await openReadyBalancer("/servez", 100);
  servers = openVitrineServers(database, dataDir, { VITRINE_DRAIN_MS: "1000" });
  await prepareShop(database.admin);
});
afterAll(async () => {
  servers?.close();
  await balancer?.close();
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const startGateway = async () => {
  const gateway = await servers.start("serve", []);
  balancer.add(gateway.port);
  await expect.poll(() => balancer.ready(), { timeout: 30_000 }).toContain(gateway.port);
  return gateway;
};

test("gateways and loaders are replaced one by one under load, and no question fails", async () => {
  const others = database.project.domains.map(({ name }) => name).filter((name) => name !== "pos");
  const startLoaders = () =>
    Promise.all([["pos"], others].map((domains) => servers.start("mirror", ["--domain", ...domains])));
  const [loaders, ...gateways] = await Promise.all([startLoaders(), startGateway(), startGateway()]);
  const stopWriting = writeAlways(database.admin);
  const clients = askAlways(`http://127.0.0.1:${balancer.port}/graphql`, 6);

  for (const gateway of gateways) {
    const before = clients.answered();
    const next = await startGateway();
    expect(await gateway.stop()).toBe(0);
    balancer.remove(gateway.port);
    expect(balancer.ready()).toContain(next.port);
    expect(clients.failures.slice(0, 5)).toEqual([]);
    expect(clients.answered()).toBeGreaterThan(before);
  }
  // Those that take over stand by first.
  const next = await startLoaders();
  for (const loader of loaders) expect(await loader.stop()).toBe(0);

  await clients.stop();
  expect(await stopWriting()).toBeGreaterThan(50);
  expect(clients.failures.slice(0, 5)).toEqual([]);
  // Until nothing is on its way: those that took over may have just begun.
  for (const args of [
    ["mirror", "--once"],
    ["verify", "--deep"],
  ]) {
    const { code, stdout, stderr } = await runVitrine(database, dataDir, args);
    expect(code, stdout + stderr).toBe(0);
  }
  const { disagreements, compared } = await compareShop(database.mariadbUrl, database.mongodbUrl);
  expect(disagreements).toEqual([]);
  expect(compared).toBeGreaterThan(10);
  for (const loader of next) expect(await loader.stop()).toBe(0);
});
