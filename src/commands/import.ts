import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { type ImportSummary, importFiles } from "../imports/import-files.ts";
import type { CommandContext } from "./context.ts";
import { withAdmin } from "./with-admin.ts";

/** `vitrine import DOMAIN FOLDER`: a domain's files, in one transaction, with a list of what was refused. */
export function registerImport(command: Command, context: CommandContext): void {
  command.action((name: string, dir: string) =>
    withAdmin(context, async ({ project, admin }) => {
      const domain = project.domains.find((candidate) => candidate.name === name);
      if (!domain?.import)
        throw new VitrineError("USAGE", `There is no domain ${name} that can import files.`);
      const { progress, signal } = context;
      const summary = await importFiles({ admin, domain, dir, progress, signal });
      for (const line of describe(summary)) context.print(line);
      context.printJson(summary);
    }),
  );
}

function* describe(summary: ImportSummary): Generator<string> {
  const rows = summary.files.reduce((sum, file) => sum + file.rows, 0);
  yield `Imported ${toText(rows)} lines of ${summary.domain} in ${summary.seconds.toFixed(1)} s.`;
  for (const { table, inserted, updated, deleted } of summary.tables)
    yield `  ${table.padEnd(16)} ${toText(inserted)} new, ${toText(updated)} changed, ${toText(deleted)} gone`;
  const [rejects, corrections, warnings] = [summary.rejects, summary.corrections, summary.warnings].map(
    toText,
  );
  const end = summary.remarks.length > 0 ? ":" : ".";
  yield `${rejects} lines refused, ${corrections} mended, ${warnings} warnings${end}`;
  for (const { severity, file, column, reason, count, firstRow, firstValue } of summary.remarks)
    yield `  ${severity.padEnd(10)} ${toText(count)} × ${file}${column === null ? "" : ` ${column}`} ${reason} ` +
      `(first in line ${firstRow}: ${JSON.stringify(firstValue ?? "")})`;
}

const toText = (count: number): string => count.toLocaleString("en");
