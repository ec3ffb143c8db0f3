import type { Command } from "commander";
import { VitrineError } from "../errors.ts";
import { type ImportSummary, importFiles } from "../imports/import-files.ts";
import { loadProject } from "../load-project.ts";
import { acquireStack } from "../local/acquire-stack.ts";
import { openMariaDb } from "../stores/mariadb.ts";
import type { CommandContext } from "./context.ts";

/** `vitrine import DOMAIN FOLDER`: a domain's files, in one transaction, with a list of what was refused. */
export function registerImport(program: Command, context: CommandContext): void {
  program
    .command("import <domain> <folder>")
    .description("import a domain's files, all or nothing; refused lines are listed in import_reject")
    .action(async (name: string, dir: string) => {
      const config = context.config();
      const { signal, logger, progress } = context;
      const project = await loadProject(config.projectFile);
      const domain = project.domains.find((candidate) => candidate.name === name);
      if (!domain?.import)
        throw new VitrineError("USAGE", `There is no domain ${name} that can import files.`);
      const stack = await acquireStack(config, { logger, progress, signal });
      const admin = openMariaDb(stack.mariadb.adminUrl, { size: 1 });
      try {
        const summary = await importFiles({ admin, domain, dir, progress, signal });
        for (const line of describe(summary)) context.print(line);
        context.printJson(summary);
      } finally {
        await admin.close();
        await stack.release();
      }
    });
}

function* describe(summary: ImportSummary): Generator<string> {
  const rows = summary.files.reduce((sum, file) => sum + file.rows, 0);
  yield `Imported ${toText(rows)} lines of ${summary.domain} in ${summary.seconds.toFixed(1)} s.`;
  for (const { table, inserted, updated, deleted } of summary.tables)
    yield `  ${table.padEnd(16)} ${toText(inserted)} new, ${toText(updated)} changed, ${toText(deleted)} gone`;
  yield `${toText(summary.rejects)} lines refused, ${toText(summary.corrections)} mended, ${toText(summary.warnings)} warnings:`;
  for (const { severity, file, column, reason, count, firstRow, firstValue } of summary.remarks)
    yield `  ${severity.padEnd(10)} ${toText(count)} × ${file}${column === null ? "" : ` ${column}`} ${reason} ` +
      `(first in line ${firstRow}: ${JSON.stringify(firstValue ?? "")})`;
}

const toText = (count: number): string => count.toLocaleString("en");
