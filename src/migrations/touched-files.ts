import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { TouchedView } from "../core/change-tables.ts";
import { VitrineError } from "../errors.ts";
import type { NamedDomain } from "../models/list-names.ts";
import type { Domain } from "../models/project.ts";
import { readText } from "../read-text.ts";
import { isGenerated, readCapturedDomains } from "./read-captured.ts";

/** A file of a touched view, generated or written by hand. */
export interface TouchedFile extends TouchedView {
  /** `touched/pos/sales_touched_by_order.sql` */
  readonly file: string;
  readonly domain: string;
  readonly isGenerated: boolean;
  /** The lines before the statement. */
  readonly header: readonly string[];
}

/**
 * The touched views that the files of these domains define. Of which model and table each is, its header says.
 * @throws VitrineError MIGRATION_FAILED naming a file whose header does not
 */
export async function readTouchedFiles(
  sqlDir: string,
  domains: readonly Pick<Domain, "name">[],
): Promise<readonly TouchedFile[]> {
  const files: TouchedFile[] = [];
  for (const { name: domain } of domains) {
    const folder = join(sqlDir, "touched", domain);
    if (!existsSync(folder)) continue;
    for (const name of (await readdir(folder)).filter((one) => one.endsWith(".sql")).sort()) {
      const file = `touched/${domain}/${name}`;
      const text = await readText(join(folder, name));
      const header = text.slice(0, text.search(/^create /im)).split("\n");
      const model = readLine(header, "model");
      const source = readLine(header, "changes");
      if (model === undefined || source === undefined)
        throw new VitrineError(
          "MIGRATION_FAILED",
          `${file}: its header does not say whose documents it names, and by the changes of which table. Write \`-- model: <model>\` and \`-- changes: <table>\` before the statement.`,
          { details: { file } },
        );
      const view = name.slice(0, -".sql".length);
      files.push({ file, domain, model, source, view, header, isGenerated: isGenerated(text) });
    }
  }
  return files;
}

/**
 * Refuses files written by hand that would never be read: of a table that nothing captures, or of a model that
 * there is not. A generated one that is left over is for `triggers check` to tell.
 * @throws VitrineError MIGRATION_FAILED naming the file and the line
 */
export async function refuseIdleTouched(sqlDir: string, domains: readonly NamedDomain[]): Promise<void> {
  const files = await readTouchedFiles(sqlDir, domains);
  const capturing = await readCapturedDomains({ sqlDir, domains });
  const tables = capturing.flatMap(({ captured = [] }) => captured.map(({ table }) => table));
  const models = domains.flatMap((domain) => domain.models ?? []).map(({ name }) => name);
  // A domain that tells no models is migrated for its tables.
  const telling = domains.filter((domain) => (domain.models ?? []).length > 0).map(({ name }) => name);
  for (const { file, domain, isGenerated: isOurs, source, model } of files) {
    if (isOurs) continue;
    const refuse = (line: string, problem: string) => {
      throw new VitrineError("MIGRATION_FAILED", `${file}: its header says \`-- ${line}\`, but ${problem}`, {
        details: { file },
      });
    };
    if (!tables.includes(source)) {
      const meant = tables.find((table) => table.toLowerCase() === source.toLowerCase());
      refuse(
        `changes: ${source}`,
        `no table ${source} is captured.${meant ? ` Write ${meant}.` : " Name one that the domain captures."}`,
      );
    }
    if (telling.includes(domain) && !models.includes(model))
      refuse(`model: ${model}`, `there is no model ${model}.`);
  }
}

const readLine = (header: readonly string[], key: string): string | undefined =>
  header.find((line) => line.startsWith(`-- ${key}: `))?.slice(key.length + 5);
