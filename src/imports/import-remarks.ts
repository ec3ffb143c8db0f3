import type { ImportRemark } from "../core/import-rejects.ts";

/** A remark as a line for people. */
export const describeRemark = ({ severity, file, column, reason, count, ...first }: ImportRemark): string =>
  `${severity.padEnd(10)} ${count.toLocaleString("en")} × ${file}${column === null ? "" : ` ${column}`} ${reason} ` +
  `(first in line ${first.firstRow}: ${JSON.stringify(first.firstValue ?? "")})`;
