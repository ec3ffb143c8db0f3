import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareShop } from "../../support/comparator.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openReadyBalancer, type ReadyBalancer } from "../../support/ready-balancer.ts";
import { prepareShop } from "../../support/shop-operations.ts";
import { askAlways, writeAlways } from "../../support/shop-traffic.ts";
import { openVitrineServers, type VitrineServers } from "../../support/vitrine-servers.ts";

/** A gateway behind a balancer and a loader of a domain, as a cluster runs them, each replaced while it is used. */
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

test("a gateway and a loader of a domain are replaced under load, and no question fails", async () => {
  const startLoader = () => servers.start("mirror", ["--domain", "pos"]);
  const [loader, gateway] = await Promise.all([startLoader(), startGateway()]);
  const stopWriting = writeAlways(database.admin);
  const clients = askAlways(`http://127.0.0.1:${balancer.port}/graphql`, 6);
  // The loader that takes over stands by first.
  const [nextLoader, nextGateway] = await Promise.all([startLoader(), startGateway()]);
  const before = clients.answered();
  expect(await gateway.stop()).toBe(0);
  balancer.remove(gateway.port);
  expect(await loader.stop()).toBe(0);
  expect(balancer.ready()).toEqual([nextGateway.port]);
  await expect.poll(() => clients.answered(), { timeout: 30_000 }).toBeGreaterThan(before + 10);

  await clients.stop();
  expect(await stopWriting()).toBeGreaterThan(50);
  expect(clients.failures.slice(0, 5)).toEqual([]);
  const compare = () => compareShop(database.mariadbUrl, database.mongodbUrl);
  await expect.poll(async () => (await compare()).disagreements, { timeout: 60_000 }).toEqual([]);
  expect((await compare()).compared).toBeGreaterThan(10);
  expect(await nextLoader.stop()).toBe(0);
});
