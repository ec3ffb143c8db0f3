import { parseArgs } from "node:util";
import { withOwnServers } from "../test/support/own-servers.ts";
import type { BenchContext } from "./bench-context.ts";
import { run as runCube } from "./cube.ts";
import { run as runExport } from "./export.ts";
import { run as runGraphql } from "./graphql.ts";
import { run as runHistory } from "./history.ts";
import { run as runImport } from "./import.ts";
import { run as runLoad } from "./load.ts";
import { run as runMemory } from "./memory.ts";
import { run as runMirror } from "./mirror.ts";
import { run as runTriggers } from "./triggers.ts";

/** `npm run bench [-- NAME… --scale N]`: every benchmark, or those named; cube and export at another scale. */
const benches: Readonly<Record<string, (context: BenchContext) => Promise<void>>> = {
  import: runImport,
  mirror: runMirror,
  memory: runMemory,
  graphql: runGraphql,
  cube: runCube,
  export: runExport,
  load: runLoad,
  history: runHistory,
  triggers: runTriggers,
};

const { positionals: names, values } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: "string" } },
});
const scale = values.scale === undefined ? undefined : Number(values.scale);
if (scale !== undefined && !(scale > 0)) {
  console.error("--scale is a number above 0: 1 is the size in the field.");
  process.exit(2);
}
const unknown = names.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}.`);
  process.exit(2);
}
// Of its own, unless the environment names servers: figures must not depend on what is there.
await withOwnServers("vitrine-bench-data-", process.env, async (stack) => {
  const mariadbUrl = new URL(stack.mariadb.adminUrl);
  mariadbUrl.pathname = "/";
  const context: BenchContext = {
    mariadbUrl: mariadbUrl.href,
    mongodbUrl: stack.mongodb.url,
    servers: { MariaDB: stack.mariadb.pid, MongoDB: stack.mongodb.pid },
    scale,
    print: (line) => console.log(line),
  };
  for (const [name, run] of Object.entries(benches))
    if (names.length === 0 || names.includes(name)) await run(context);
});
