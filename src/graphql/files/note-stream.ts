import type { Exchange } from "../report-answers.ts";

/** How many rows of a file were read so far. */
export interface RowCount {
  rows: number;
}

/** Lets the log tell what is read of one store for as long as a file is sent; its client decides how long that takes. */
export function noteStream(exchange: Exchange, source: "LIVE" | "MIRROR"): RowCount {
  const began = performance.now();
  const read = { rows: 0 };
  const store = source === "LIVE" ? "live" : "mirror";
  exchange.readWork = () => ({ rows: read.rows, ms: { [store]: performance.now() - began } });
  return read;
}
