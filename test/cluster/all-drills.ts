import { backups } from "./backup-drills.ts";
import type { Drill } from "./drill.ts";
import { galeraNodes } from "./galera-drills.ts";
import { galeraGateways } from "./galera-gateways.ts";
import { galeraLoaders } from "./galera-loaders.ts";
import { galeraTriggers } from "./galera-triggers.ts";
import { galeraWrites } from "./galera-writes.ts";
import { mongodbDrills } from "./mongodb-drills.ts";
import { mongodbRebuilds } from "./mongodb-rebuilds.ts";
import { replicationDrills } from "./replication-drills.ts";
import { rollingReleases } from "./rolling-drills.ts";

/** Every drill of `npm run test:cluster`, in the order of its table. One line for each file of drills. */
export const allDrills: readonly Drill[] = [
  ...galeraNodes,
  ...galeraGateways,
  ...galeraLoaders,
  ...galeraTriggers,
  ...galeraWrites,
  ...replicationDrills,
  ...mongodbDrills,
  mongodbRebuilds,
  ...backups,
  ...rollingReleases,
];
