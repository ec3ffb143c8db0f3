import { createDashboardPage, readExampleChart, type Surroundings } from "../dashboards/dashboard-page.ts";
import type { Project } from "../models/project.ts";
import type { Page } from "../pages/page.ts";
import type { DomainSummary, HomeSettings } from "../web/home/page-settings.ts";
import { type Example, keepFitting, type ProjectExample, readProjectExamples } from "./examples.ts";
import { createGraphiqlPage } from "./graphiql-page.ts";

/** How many questions of a domain the start page shows. */
const FIRST_QUESTIONS = 4;

/**
 * The pages of a project, in the order of their navigation; what they show is read from the project's files. Of one that is
 * shown to a role, examples and dashboards that do not fit its schema are left out without a word: they are not there for it.
 */
export async function readProjectPages(
  project: Pick<Project, "domains" | "shownTo">,
  projectDir: string,
  around: Surroundings,
): Promise<readonly Page[]> {
  const all = await readProjectExamples(project, projectDir);
  const examples = project.shownTo ? keepFitting(all, around.schema) : all;
  return [
    createHome(project, examples),
    createGraphiqlPage(project, {
      schema: around.schema,
      examples,
      chart: (example) => readExampleChart(example, around),
    }),
    await createDashboardPage(project, projectDir, around),
  ];
}

function createHome({ domains }: Pick<Project, "domains">, examples: readonly ProjectExample[]): Page {
  const settings: HomeSettings = {
    domains: domains.map(({ name, description }): DomainSummary => {
      const own = examples.filter(({ domain }) => domain === name).slice(0, FIRST_QUESTIONS);
      return { name, description, questions: own.map((one) => ({ title: one.title, href: linkTo(one) })) };
    }),
  };
  return { name: "home", path: "/", title: "Home", settings };
}

/** The address that opens an example in GraphiQL, its answer as a table. */
export function linkTo({ query, variables }: Pick<Example, "query" | "variables">): string {
  const link = new URLSearchParams({ query, ...(variables !== null && { variables }), view: "table" });
  return `/graphql?${link}`;
}
