import { fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { customerOrders } from "../src/domains/pos/models/customer-orders.ts";
import { exportFormats } from "../src/models/export-formats.ts";
import { documentsSql } from "../test/support/model-contract.ts";
import { type BenchContext, median, printRatios } from "./bench-context.ts";
import { benchChanges } from "./export-changes.ts";
import type { ExportReport } from "./export-child.ts";
import { type BenchShop, time, withShop } from "./with-shop.ts";

const rounds = 3;
const bare = "select document … into outfile";
const documents = `select document from (${documentsSql(customerOrders)}) as documents order by document_id`;

/**
 * What an export of one large model costs beside `select … into outfile` of the same view, and the memory of the
 * process that exports, at a tenth of the scale and at the scale: it must not grow. And what an incremental run costs.
 */
export async function run(context: BenchContext): Promise<void> {
  const scale = context.scale ?? 10;
  const peaks: string[] = [];
  for (const size of [scale / 10, scale])
    await withShop(context, size, async (shop) => {
      const seconds = new Map<string, number[]>();
      let csvMiB = 0;
      let peak = 0;
      const note = (what: string, value: number) => seconds.set(what, [...(seconds.get(what) ?? []), value]);
      for (let round = 0; round < rounds; round += 1) {
        note(bare, await timeOutfile(shop));
        for (const format of exportFormats) {
          const report = await exportInChild(shop, format, customerOrders.name);
          if (format === "csv") csvMiB = report.fileMiB;
          peak = Math.max(peak, report.peakMiB);
          note(`vitrine export --format ${format}`, report.seconds);
        }
      }
      const rows = [...seconds].map(([what, values]) => ({ what, seconds: median(values) }));
      const title = `Export of customer_orders at scale ${size} (${csvMiB.toFixed(0)} MiB as csv)`;
      printRatios(context, title, bare, rows);
      peaks.push(`scale ${size}: ${peak.toFixed(0)} MiB`);
      if (size !== scale) return;
      await benchFlat(context, shop);
      await benchChanges(context, shop);
    });
  context.print(`  most memory of the exporting process: ${peaks.join(", ")}`);
}

/** Many rows of numbers and short texts, where what a format costs shows most. */
async function benchFlat(context: BenchContext, shop: BenchShop): Promise<void> {
  const formats = ["ndjson", "csv", "parquet"] as const;
  const seconds = new Map<string, number[]>();
  let peak = 0;
  for (let round = 0; round < rounds; round += 1)
    for (const format of formats) {
      const report = await exportInChild(shop, format, "sales");
      seconds.set(format, [...(seconds.get(format) ?? []), report.seconds]);
      if (format === "parquet") peak = Math.max(peak, report.peakMiB);
    }
  const rows = [...seconds].map(([what, values]) => ({ what, seconds: median(values) }));
  printRatios(
    context,
    `Export of sales, of which parquet takes ${peak.toFixed(0)} MiB of memory`,
    "ndjson",
    rows,
  );
}

/** The server writes this file itself, so it must be able to reach the folder. */
async function timeOutfile({ admin }: BenchShop): Promise<number> {
  const outfile = join(tmpdir(), `vitrine-bench-outfile-${process.pid}.json`);
  try {
    return await time(() => admin.run(`${documents} into outfile ?`, [outfile]));
  } finally {
    await rm(outfile, { force: true });
  }
}

/** One export in a process of its own. */
export async function exportInChild(shop: BenchShop, format: string, model: string): Promise<ExportReport> {
  const script = fileURLToPath(new URL("export-child.ts", import.meta.url));
  const child = fork(script, [shop.mariadbUrl, format, model], {
    execArgv: ["--import", "tsx"],
  });
  const [report] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => Promise.reject(new Error("The export failed; see above."))),
  ]);
  return report as ExportReport; // the child sends nothing else
}
