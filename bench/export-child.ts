/** One export in a process of its own, whose memory is nothing but the export's. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pos } from "../src/domains/pos/index.ts";
import { exportModels } from "../src/exports/export-models.ts";
import { withLiveSource } from "../src/exports/export-sources.ts";
import { readColumnWidths } from "../src/exports/read-column-widths.ts";
import type { ExportFormat } from "../src/models/export-formats.ts";
import { openMariaDb } from "../src/stores/mariadb/mariadb.ts";

export interface ExportReport {
  readonly seconds: number;
  readonly peakMiB: number;
  readonly fileMiB: number;
}

const [mariadbUrl = "", format, name] = process.argv.slice(2);
const model = pos.models.find((one) => one.name === name);
if (!model) throw new Error(`There is no model ${name}.`);
const db = openMariaDb(mariadbUrl);
const out = await mkdtemp(join(tmpdir(), "vitrine-bench-out-"));
let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);
const started = performance.now();
const { files } = await withLiveSource(db, (source) =>
  exportModels({
    models: [{ model, where: null }],
    source,
    format: format as ExportFormat, // the benchmark passes one of exportFormats
    out,
    gzip: false,
    signal: new AbortController().signal,
    widthsOf: () => readColumnWidths(db, model),
  }),
);
const report: ExportReport = {
  seconds: (performance.now() - started) / 1000,
  peakMiB: peak / 2 ** 20,
  fileMiB: (files[0]?.bytes ?? 0) / 2 ** 20,
};
clearInterval(watch);
await rm(out, { recursive: true });
await db.close();
process.send?.(report, () => process.disconnect());
