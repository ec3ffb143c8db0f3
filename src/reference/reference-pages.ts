import { printProjectSchema } from "../graphql/print-schema.ts";
import type { LoadedProject } from "../load-project.ts";
import { readSqlFiles } from "../migrations/sql-files.ts";
import { engineDomain } from "../models/engine-names.ts";
import { renderAccess } from "./access-page.ts";
import { renderConfiguration, renderErrors } from "./engine-pages.ts";
import { renderMetrics } from "./metrics-page.ts";
import { renderModels } from "./model-pages.ts";
import { renderSql } from "./sql-page.ts";

/**
 * Every file that is generated from a project's sources, by its path beside the project file: the public API and
 * the reference pages.
 */
export async function renderReference(project: LoadedProject): Promise<ReadonlyMap<string, string>> {
  const names = project.domains.map(({ name }) => name);
  const sql = await readSqlFiles(project.sqlDir, names);
  const pages = new Map([
    ["schema.graphql", printProjectSchema(project)],
    ["docs/reference/access.md", renderAccess(project)],
    ["docs/reference/configuration.md", renderConfiguration()],
    ["docs/reference/errors.md", renderErrors()],
    ["docs/reference/metrics.md", renderMetrics()],
    ["docs/reference/sql-core.md", renderSql(engineDomain, sql)],
  ]);
  // A number has one rule in the whole project.
  const rules = Object.assign({}, ...project.domains.map((domain) => domain.rules));
  for (const domain of project.domains) {
    pages.set(`docs/reference/models-${domain.name}.md`, renderModels(domain));
    pages.set(`docs/reference/sql-${domain.name}.md`, renderSql(domain.name, sql, rules));
  }
  return pages;
}
