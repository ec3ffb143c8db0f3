import type { ImportSummary } from "../imports/import-files.ts";
import { describeRemark } from "../imports/import-remarks.ts";

/** What an import did, in lines for people. */
export function* describeImport(summary: ImportSummary): Generator<string> {
  const rows = summary.files.reduce((sum, file) => sum + file.rows, 0);
  yield `Imported ${toText(rows)} lines of ${summary.domain} ${summary.name} in ${summary.seconds.toFixed(1)} s.`;
  for (const { table, inserted, updated, deleted } of summary.tables)
    yield `  ${table.padEnd(16)} ${toText(inserted)} new, ${toText(updated)} changed, ${toText(deleted)} gone`;
  if (summary.rebuilds.length > 0)
    yield `Too many rows to log each, so these models are rebuilt: ${summary.rebuilds.join(", ")}.`;
  const [rejects, corrections, warnings] = [summary.rejects, summary.corrections, summary.warnings].map(
    toText,
  );
  const end = summary.remarks.length > 0 ? ":" : ".";
  yield `${rejects} lines refused, ${corrections} mended, ${warnings} warnings${end}`;
  for (const remark of summary.remarks) yield `  ${describeRemark(remark)}`;
}

const toText = (count: number): string => count.toLocaleString("en");
