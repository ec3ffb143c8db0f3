import { recordRun } from "../../src/core/runs.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";

/** A run that goes on until its process is killed. */
const { MARIADB_URL = "" } = process.env;
const db = openMariaDb(MARIADB_URL);
await recordRun(
  db,
  { kind: "export", name: "/killed" },
  () => {
    process.stdout.write("runs\n");
    return new Promise<never>(() => {});
  },
  { aliveSeconds: 2 },
);
