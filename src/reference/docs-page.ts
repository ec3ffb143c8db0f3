import { findLineage, type Lineage } from "../derive/lineage.ts";
import { readViewTexts } from "../derive/read-view-texts.ts";
import { readTableFacts } from "../derive/table-facts.ts";
import { errorCatalogue } from "../errors.ts";
import { keepFitting, readProjectExamples } from "../graphql/examples.ts";
import { linkTo } from "../graphql/project-pages.ts";
import { createSchema } from "../graphql/schema.ts";
import type { LoadedProject } from "../load-project.ts";
import { readSqlFiles } from "../migrations/sql-files.ts";
import { enginePrefix } from "../models/engine-names.ts";
import type { Page } from "../pages/page.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type {
  ColumnSource,
  DatabaseFacts,
  DocsErrors,
  DocsExample,
  DocsSettings,
} from "../web/docs/page-settings.ts";
import { describeDictionary } from "./dictionary.ts";

type DocumentedProject = Pick<LoadedProject, "domains" | "sqlDir" | "shownTo">;

/**
 * The page `/docs`: the data dictionary of a project, its diagrams, its examples and the codes of errors. Each part is read
 * when somebody asks for it first: from the sources, and lineage and keys from the database, by an account that may see views.
 * A role from which something is hidden is told of its models only, and not of the tables and columns that they are made of.
 */
export function createDocsPage(
  project: DocumentedProject,
  projectDir: string,
  reader: Pick<Queryable, "query">,
): Page {
  const tables = project.shownTo?.tables !== false;
  const settings: DocsSettings = {
    domains: project.domains.map(({ name, description }) => ({ name, description })),
  };
  return {
    ...{ name: "docs", path: "/docs", title: "Docs", hasPaths: true, settings },
    data: {
      dictionary: async () =>
        describeDictionary(
          project,
          await readSqlFiles(project.sqlDir, tables ? project.domains.map(({ name }) => name) : []),
        ),
      database: async () => (tables ? readDatabaseFacts(reader) : { lineage: {}, keys: [] }),
      examples: async () => {
        const all = await readProjectExamples(project, projectDir);
        const fitting = project.shownTo ? keepFitting(all, createSchema(project)) : all;
        return fitting.map(
          (one): DocsExample => ({
            ...{ domain: one.domain, group: one.group, title: one.title, query: one.query },
            href: linkTo(one),
          }),
        );
      },
      errors: () => listErrors(project),
    },
  };
}

/** Every code of the catalogue, and the rules of each domain. */
function listErrors({ domains }: DocumentedProject): DocsErrors {
  return {
    codes: Object.entries(errorCatalogue).map(([code, { title, exit, exposed }]) => ({
      ...{ code, title, exit, isExposed: exposed },
    })),
    rules: domains.flatMap(({ name, rules = {} }) =>
      Object.entries(rules).map(([number, { code, description }]) => ({
        ...{ domain: name, number: Number(number), code, description },
      })),
    ),
  };
}

async function readDatabaseFacts(db: Pick<Queryable, "query">): Promise<DatabaseFacts> {
  const rows = await db.query<{ name: string }>(
    `select table_name as name from information_schema.views
    where table_schema = database() and table_name not like '%\\_touched\\_by\\_%'`,
  );
  const names = rows.map(({ name }) => name).filter((name) => !name.startsWith(enginePrefix));
  const texts = await readViewTexts(db, names);
  const factsOf = await readTableFacts(db);
  const tables = await db.query<{ name: string }>(
    `select distinct table_name as name from information_schema.key_column_usage
    where table_schema = database() and referenced_table_schema = database() order by table_name`,
  );
  return {
    lineage: Object.fromEntries(
      names.map((name) => {
        const lineage = findLineage(name, texts);
        return [name, lineage && [...lineage].map(([column, made]) => toSource(column, made))];
      }),
    ),
    keys: tables.flatMap(({ name }) =>
      factsOf(name).references.map(({ columns, table }) => ({ table: name, columns, target: table })),
    ),
  };
}

const toSource = (column: string, { columns, members }: Lineage): ColumnSource => ({
  ...{ column, sources: [...columns].sort() },
  members: [...members].map(([name, lineage]) => toSource(name, lineage)),
});
