import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "../../src/config.ts";
import { acquireStack } from "../../src/local/acquire-stack.ts";
import { createLogger } from "../../src/log.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { compareShop } from "../support/comparator.ts";
import { hasTool } from "../support/deploy-tools.ts";
import { findFreePort, openHaProxy } from "../support/haproxy.ts";
import { runVitrine } from "../support/run-vitrine.ts";
import { prepareShop } from "../support/shop-operations.ts";
import { askAlways, writeAlways } from "../support/shop-traffic.ts";
import { openVitrineServers } from "../support/vitrine-servers.ts";
import type { Drill, DrillContext, DrillOutcome } from "./drill.ts";

/** What a release does to those who ask meanwhile. A failed question counts as lost. */
export const rollingReleases: readonly Drill[] = [
  {
    name: "gateways and loaders are replaced one by one",
    topology: "two gateways behind HAProxy, two loaders",
    fault: "SIGTERM of each in turn",
    missing: () => (hasTool("haproxy", "-v") ? null : "HAProxy is not installed: `apt-get install haproxy`."),
    run: replaceOneByOne,
  },
];

/** As `docker compose up --detach` replaces containers: each on the address of the one before. */
async function replaceOneByOne({ print, signal }: DrillContext): Promise<DrillOutcome> {
  const dataDir = await mkdtemp(join(tmpdir(), "vitrine-release-"));
  const config = readConfig({ ...process.env, MARIADB_URL: "", MONGODB_URL: "", VITRINE_DATA_DIR: dataDir });
  const stack = await acquireStack(config, { logger: createLogger("warn"), signal });
  const databases = { mariadbUrl: stack.mariadb.adminUrl, mongodbUrl: stack.mongodb.url };
  const admin = openMariaDb(databases.mariadbUrl, { size: 4, multipleStatements: true });
  const servers = openVitrineServers(databases, dataDir, { VITRINE_DRAIN_MS: "3000", VITRINE_AUTH: "none" });
  const ports = [await findFreePort(), await findFreePort()];
  const proxy = await openHaProxy(ports);
  try {
    await run(["migrate", "up"]);
    await prepareShop(admin);
    const startLoader = () => servers.start("mirror", []);
    const startGateway = (port: number) => servers.start("serve", [], port);
    const untilSeen = async () => {
      while ((await proxy.ready()) < ports.length) await sleep(100, undefined, { signal });
    };
    const loader = await startLoader();
    const gateways = await Promise.all(ports.map(startGateway));
    await untilSeen();
    const stopWriting = writeAlways(admin);
    const clients = askAlways(`http://127.0.0.1:${proxy.port}/graphql`, 6);
    while (clients.answered() === 0) await sleep(50, undefined, { signal });
    for (const [index, gateway] of gateways.entries()) {
      print(`gateway ${index + 1} is replaced; ${clients.answered()} questions were answered so far`);
      await gateway.stop();
      await startGateway(gateway.port);
      await untilSeen();
    }
    // It stands by until the other one is gone.
    await startLoader();
    await loader.stop();
    await clients.stop();
    const writes = await stopWriting();
    // Until nothing is on its way: the loader that took over may have just begun.
    await run(["mirror", "--once"]);
    await run(["verify", "--deep"]);
    const { disagreements, compared } = await compareShop(databases.mariadbUrl, databases.mongodbUrl);
    return {
      lost: clients.failures.length,
      recoverMs: clients.slowestMs(),
      wrong: disagreements.length,
      documents: compared,
      notes: [
        `${clients.answered()} questions were answered, the slowest in the time told as recovered; ${writes} writes`,
        ...clients.failures.slice(0, 3),
      ],
    };
  } finally {
    servers.close();
    await proxy.close();
    await admin.close();
    await stack.release();
    await rm(dataDir, { recursive: true, force: true });
  }

  async function run(args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await runVitrine(databases, dataDir, args);
    if (code !== 0) throw new Error(`vitrine ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`);
  }
}
