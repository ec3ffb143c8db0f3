/** A loader in a process of its own: what it costs must not hide in the benchmark's. Says its memory when asked. */

import { pos } from "../src/domains/pos/index.ts";
import { customerOrders, orderDetails, productBuyers } from "../src/domains/pos/models/index.ts";
import { createLogger } from "../src/log.ts";
import { createLoader, loaderConnections } from "../src/mirror/loader.ts";
import type { DocumentModel } from "../src/models/model.ts";
import { openMariaDb } from "../src/stores/mariadb/mariadb.ts";
import { openMongoDb } from "../src/stores/mongodb/mongodb.ts";
import project from "../vitrine.config.ts";
import type { Served } from "./loader-process.ts";
import { thingModels } from "./things.ts";

const [mariadbUrl = "", mongodbUrl = "", served] = process.argv.slice(2);
/** As startLoader wrote it. */
const wanted = served === undefined ? undefined : (JSON.parse(served) as Served);
let written = 0;
// Before it does anything: as deployed, without a compiler in the process, it is 39 MiB less.
const idle = process.memoryUsage.rss();
let peak = 0;
setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 50);
const loader = createLoader({
  db: openMariaDb(mariadbUrl, { size: loaderConnections }),
  mongo: openMongoDb(mongodbUrl),
  models: chooseModels(),
  logger: createLogger("warn"),
  verifyShare: 0,
  onEvent: (event) => {
    if (event.type === "applied") written += event.written;
  },
});
function chooseModels(): readonly DocumentModel[] {
  if (!wanted) return [customerOrders, orderDetails, productBuyers];
  if ("models" in wanted)
    return project.domains.flatMap(({ models }) => models).filter(({ name }) => wanted.models.includes(name));
  return [...pos.models, ...thingModels(wanted.things)];
}
const toMiB = (bytes: number) => Math.round(bytes / 2 ** 20);
process.on("message", () => process.send?.({ written, idleMiB: toMiB(idle), peakMiB: toMiB(peak) }));
process.on("disconnect", () => process.exit());
void loader.run(new AbortController().signal);
