import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { CommandContext } from "./context.ts";
import { formatTable } from "./format-table.ts";

/** Rows of a table at most: its columns are as wide as their widest value, so all of it is in memory. */
const SHOWN = 1000;

/** Prints rows that come as lines of JSON, as a table; of many the first. */
export async function showTable(
  { print }: Pick<CommandContext, "print">,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const source = Readable.from(body);
  const lines = createInterface({ input: source });
  const rows: Record<string, unknown>[] = [];
  let hasMore = false;
  // Lines of a reader say nothing of what ends their source.
  const failed = new Promise<never>((_resolve, reject) => source.once("error", reject));
  failed.catch(() => undefined); // it is awaited below
  const read = async () => {
    for await (const line of lines) {
      if (rows.length === SHOWN) {
        hasMore = true;
        return;
      }
      rows.push(JSON.parse(line) as Record<string, unknown>); // what a gateway sends
    }
    if (source.errored) throw source.errored;
  };
  try {
    await Promise.race([read(), failed]);
  } finally {
    lines.close();
    source.destroy();
  }
  for (const line of formatTable(rows)) print(line);
  if (hasMore) print(`These are the first ${SHOWN} rows; --format csv has them all.`);
}
