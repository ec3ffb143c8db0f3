import { type OpenReplicas, openReplicas } from "../../../src/app/open-replicas.ts";
import { readConfig } from "../../../src/config.ts";
import { serveProject } from "../../../src/graphql/serve-project.ts";
import { createLogger } from "../../../src/log.ts";
import { createLiveStore } from "../../../src/stores/mariadb/live-store.ts";
import { type MariaDb, openMariaDb } from "../../../src/stores/mariadb/mariadb.ts";
import { createMirrorStore } from "../../../src/stores/mongodb/mirror-store.ts";
import { gardenContents } from "../../support/garden/mirror-garden.ts";
import {
  openReplicatedGarden,
  type ReplicatedGarden,
  type ReplicatedServer,
} from "../../support/replicated-garden.ts";

/** A mirrored garden on a primary and a replica, and a gateway whose live reads the replica answers. */
export interface GatewayOnReplica {
  readonly garden: ReplicatedGarden;
  readonly primary: ReplicatedServer;
  readonly replica: ReplicatedServer;
  /** Of the primary. */
  readonly reader: MariaDb;
  readonly replicas: OpenReplicas;
  readonly url: string;
  close(): Promise<void>;
}

export async function openGatewayOnReplica(mongodbUrl: string): Promise<GatewayOnReplica> {
  const garden = await openReplicatedGarden({ mongodbUrl });
  const [primary, replica] = garden.servers as [ReplicatedServer, ReplicatedServer]; // one replica by default
  await garden.mirror(primary);
  const reader = openMariaDb(primary.url);
  const replicas = openReplicas(
    garden.addressOf(replica),
    reader,
    { poolSize: 4, readMaxLagMs: 2000 },
    (pool) => createLiveStore(pool),
  );
  const { project } = gardenContents;
  if (!project) throw new Error("The garden has a project.");
  const gateway = await serveProject({
    ...{ project, projectDir: ".", reader, writer: primary.db, mongo: garden.mongo },
    ...{ live: replicas.live, mirror: createMirrorStore(garden.mongo), replicas: replicas.replicas },
    ...{ settings: readConfig({ HOME: "/", PORT: "0" }), logger: createLogger("silent") },
  });
  return {
    ...{ garden, primary, replica, reader, replicas, url: gateway.url },
    async close() {
      await gateway.close();
      await replicas.close();
      await reader.close();
      await garden.close();
    },
  };
}
