/** What every benchmark gets: servers to make databases of its own on, and a place to print. */
export interface BenchContext {
  /** MariaDB as administrator, without a database. */
  readonly mariadbUrl: string;
  readonly mongodbUrl: string;
  /** Process ids of the servers; undefined for those that were given. */
  readonly servers: { readonly MariaDB: number | undefined; readonly MongoDB: number | undefined };
  /** What `--scale` says; undefined: each benchmark's own. */
  readonly scale: number | undefined;
  print(line: string): void;
}

/** One line of a table of ratios; all of a table are measured in the same run, since only ratios travel. */
export interface BenchRow {
  readonly what: string;
  readonly seconds: number;
}

/** Prints rows beside the peer that `base` names: `what  1.234 s  1.00 ×`. */
export function printRatios(
  context: BenchContext,
  title: string,
  base: string,
  rows: readonly BenchRow[],
): void {
  const unit = rows.find((row) => row.what === base)?.seconds ?? Number.NaN;
  const width = Math.max(...rows.map((row) => row.what.length));
  context.print(`\n${title}`);
  for (const { what, seconds } of rows)
    context.print(
      `  ${what.padEnd(width)}  ${seconds.toFixed(3).padStart(8)} s  ${(seconds / unit).toFixed(2).padStart(6)} ×`,
    );
}

/** The middle of several measurements: one disturbed run does not show. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
