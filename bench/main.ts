import { parseArgs } from "node:util";
import { withOwnServers } from "../test/support/own-servers.ts";
import type { BenchContext } from "./bench-context.ts";
import { run as runCube } from "./cube.ts";
import { run as runExport } from "./export.ts";
import { run as runFiles } from "./files.ts";
import { run as runGraphql } from "./graphql.ts";
import { run as runHistory } from "./history.ts";
import { run as runImport } from "./import.ts";
import { run as runLoad } from "./load.ts";
import { run as runMemory } from "./memory.ts";
import { run as runMirror } from "./mirror.ts";
import { run as runModels } from "./models.ts";
import { run as runOverload } from "./overload.ts";
import { run as runReplicas } from "./replicas.ts";
import { run as runSize } from "./size.ts";
import { run as runStars } from "./stars.ts";
import { run as runTriggers } from "./triggers.ts";

/** What can be measured, in this order. */
const benches: Readonly<Record<string, (context: BenchContext) => Promise<void>>> = {
  import: runImport,
  mirror: runMirror,
  memory: runMemory,
  models: runModels,
  graphql: runGraphql,
  replicas: runReplicas,
  overload: runOverload,
  cube: runCube,
  export: runExport,
  files: runFiles,
  load: runLoad,
  history: runHistory,
  size: runSize,
  stars: runStars,
  triggers: runTriggers,
};

const usage = `npm run bench [-- NAME… OPTION…]

Prints figures as ratios to a named baseline of the same run: of every benchmark, or of those named.

  ${Object.keys(benches).join(", ")}

  --scale N  size of the data of cube, export, files, replicas, stars and size; 1 is the size in the field, of size 300,000 documents
  --help     prints this

Takes servers and a shop of its own, unless MARIADB_URL and MONGODB_URL name servers. Ctrl-C stops them.
Exit code: 0 when it came to its end, 2 for options that cannot be.`;

const { names, scale } = readOptions();
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

/** Of the command line; ends the program when there is nothing to run. */
function readOptions(): { readonly names: readonly string[]; readonly scale: number | undefined } {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { scale: { type: "string" }, help: { type: "boolean", default: false } },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    const scale = values.scale === undefined ? undefined : Number(values.scale);
    if (scale !== undefined && !(scale > 0))
      throw new Error(`--scale is a number above 0, not "${values.scale}".`);
    const unknown = positionals.filter((name) => !(name in benches));
    if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(", ")}.`);
    return { names: positionals, scale };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}
