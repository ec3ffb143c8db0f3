import { type BenchContext, printRatios } from "./bench-context.ts";
import { drained, startLoader } from "./loader-process.ts";
import { time, withShop } from "./with-shop.ts";

/** Whether the memory of a loader grows with the shop: highest while it loads three models at scale 1 and at 10. */
export async function run(context: BenchContext): Promise<void> {
  const seconds: { what: string; seconds: number }[] = [];
  const peaks: string[] = [];
  for (const scale of [1, 10])
    await withShop(context, scale, async (shop) => {
      const loader = startLoader(shop);
      const taken = await time(() => drained(shop));
      const { written, idleMiB, peakMiB } = await loader.report();
      await loader.stop();
      seconds.push({ what: `scale ${scale}: ${written.toLocaleString("en")} documents`, seconds: taken });
      peaks.push(`scale ${scale}: ${peakMiB} MiB (idle ${idleMiB})`);
    });
  printRatios(context, "Full load of three models, with its start", seconds[0]?.what ?? "", seconds);
  context.print(`  highest memory of the loader's process (RSS): ${peaks.join(", ")} (target ≤ 256)`);
}
