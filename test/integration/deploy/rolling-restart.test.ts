import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareShop } from "../../support/comparator.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { openReadyBalancer, type ReadyBalancer } from "../../support/ready-balancer.ts";
import { runVitrine, vitrineEnvironment } from "../../support/run-vitrine.ts";
import { prepareShop } from "../../support/shop-operations.ts";

/** Two gateways behind a balancer and loaders by domain, as a cluster runs them, each replaced while it is used. */
const NOTICE_MS = 1000;
let database: TestDatabase;
let dataDir: string;
let balancer: ReadyBalancer;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  database = await openTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "vitrine-rolling-"));
  balancer = await openReadyBalancer("/servez", 100);
  await prepareShop(database.admin);
});
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await balancer?.close();
  await database?.close();
  await rm(dataDir, { recursive: true, force: true });
});

interface Running {
  readonly port: number;
  /** SIGTERM; its exit code. */
  stop(): Promise<unknown>;
}

/** Starts a server of Vitrine; it says in JSON where, on one of its outputs. */
async function start(verb: "serve" | "mirror", ...args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, ["bin/vitrine.mjs", verb, ...args, "--port", "0", "--json"], {
    env: {
      ...vitrineEnvironment(database, dataDir),
      VITRINE_DRAIN_MS: String(NOTICE_MS),
      LOG_LEVEL: "info",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const exited = once(child, "exit");
  void exited.then(() => running.delete(child));
  const [told, other] = verb === "serve" ? [child.stdout, child.stderr] : [child.stderr, child.stdout];
  other.resume();
  for await (const line of createInterface({ input: told })) {
    const { graphql, probesAt } = JSON.parse(line);
    const address = graphql ?? probesAt;
    if (!address) continue;
    // What is not read would stop it.
    told.resume();
    const stop = async () => {
      child.kill("SIGTERM");
      return (await exited)[0];
    };
    return { port: Number(new URL(address).port), stop };
  }
  throw new Error(`vitrine ${verb} ended by itself.`);
}

const startGateway = async () => {
  const gateway = await start("serve");
  balancer.add(gateway.port);
  await expect.poll(() => balancer.ready(), { timeout: 30_000 }).toContain(gateway.port);
  return gateway;
};
const stopGateway = async (gateway: Running) => {
  expect(await gateway.stop()).toBe(0);
  balancer.remove(gateway.port);
};

const query = `query ($id: ID!) {
  orderDetails(id: $id) { orderId total }
  customerOrders(id: $id) { name }
}`;

/** Clients that keep their connections and ask one question after the other: what went wrong, and how many were answered. */
function askAlways(clients: number) {
  const failures: string[] = [];
  let answered = 0;
  let isOver = false;
  const one = async (id: number) => {
    while (!isOver) {
      const begun = performance.now();
      try {
        const response = await fetch(`http://127.0.0.1:${balancer.port}/graphql`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ query, variables: { id } }),
        });
        const { data, errors } = (await response.json()) as { data?: unknown; errors?: unknown };
        if (response.status !== 200 || errors !== undefined || !data)
          failures.push(`${response.status} ${JSON.stringify(errors)}`);
        else answered++;
      } catch (error) {
        const { cause } = error as Error;
        failures.push(`${error} (${cause}) after ${Math.round(performance.now() - begun)} ms`);
      }
      await sleep(20);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, (_, index) => one((index % 3) + 1)));
  return {
    answered: () => answered,
    failures,
    async stop() {
      isOver = true;
      await all;
    },
  };
}

/** A shop that sells on. */
function writeAlways() {
  let writes = 0;
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      writes++;
      await database.admin.run("update product set name = ?, current_price = ? where product_id = ?", [
        `Chair ${writes}`,
        `${(writes % 90) + 1}.50`,
        (writes % 4) + 1,
      ]);
      await database.admin.run("update customer set last_name = ? where customer_id = ?", [
        `Name ${writes}`,
        (writes % 4) + 1,
      ]);
      await sleep(15);
    }
  })();
  return async () => {
    isOver = true;
    await writing;
    return writes;
  };
}

test("gateways and loaders are replaced one by one under load, and no question fails", async () => {
  const others = database.project.domains.map(({ name }) => name).filter((name) => name !== "pos");
  const startLoaders = () =>
    Promise.all([start("mirror", "--domain", "pos"), start("mirror", "--domain", ...others)]);
  const [loaders, ...gateways] = await Promise.all([startLoaders(), startGateway(), startGateway()]);
  const stopWriting = writeAlways();
  const clients = askAlways(6);

  for (const gateway of gateways) {
    const before = clients.answered();
    const next = await startGateway();
    await stopGateway(gateway);
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
  const verified = await runVitrine(database, dataDir, ["verify", "--deep"]);
  expect(verified.code, verified.stdout + verified.stderr).toBe(0);
  const { disagreements, compared } = await compareShop(database.mariadbUrl, database.mongodbUrl);
  expect(disagreements).toEqual([]);
  expect(compared).toBeGreaterThan(10);
  for (const loader of next) expect(await loader.stop()).toBe(0);
});
