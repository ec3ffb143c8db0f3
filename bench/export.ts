import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportModels } from "../src/exports/export-models.ts";
import { withLiveSource } from "../src/exports/export-sources.ts";
import { customerOrders } from "../src/models/pos/customer-orders.ts";
import { type BenchContext, printRatios } from "./bench-context.ts";
import { time, withShop } from "./with-shop.ts";

const SCALE = 10;

/** What an export of one large model costs beside `select … into outfile` of the same view, and its memory. */
export const run = (context: BenchContext): Promise<void> =>
  withShop(context, SCALE, async ({ admin }) => {
    const out = await mkdtemp(join(tmpdir(), "vitrine-bench-out-"));
    // The server writes this file itself, so it must be able to reach the folder.
    const outfile = join(tmpdir(), `vitrine-bench-outfile-${process.pid}.json`);
    try {
      const bare = "select document … into outfile";
      const rows = [
        {
          what: bare,
          seconds: await time(() =>
            admin.run("select document from customer_orders order by document_id into outfile ?", [outfile]),
          ),
        },
      ];
      for (const format of ["json", "ndjson", "csv"] as const) {
        const seconds = await time(() =>
          withLiveSource(admin, (source) =>
            exportModels({
              models: [{ model: customerOrders, where: null }],
              source,
              format,
              extendedJson: "relaxed",
              out,
              gzip: false,
              signal: new AbortController().signal,
            }),
          ),
        );
        rows.push({ what: `vitrine export --format ${format}`, seconds });
      }
      const megabytes = ((await stat(join(out, "cust.csv"))).size / 2 ** 20).toFixed(0);
      printRatios(context, `Export of customer_orders at scale ${SCALE} (${megabytes} MiB)`, bare, rows);
      context.print(`  memory of this process: ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`);
    } finally {
      await rm(out, { recursive: true, force: true });
      await rm(outfile, { force: true });
    }
  });
