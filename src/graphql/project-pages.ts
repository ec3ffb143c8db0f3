import { createDashboardPage, readExampleChart, type Surroundings } from "../dashboards/dashboard-page.ts";
import type { Project } from "../models/project.ts";
import type { Page } from "../pages/page.ts";
import { everythingServed, type Serving } from "../serving-settings.ts";
import type { DomainSummary, HomeSettings } from "../web/home/page-settings.ts";
import { type Example, keepFitting, type ProjectExample, readProjectExamples } from "./examples.ts";
import { createGraphiqlPage } from "./graphiql-page.ts";

/** How many questions of a domain the start page shows. */
const FIRST_QUESTIONS = 4;

type PagesServed = Pick<Serving, "introspection" | "graphiql" | "probes">;

/**
 * The pages of a project that are served, in the order of their navigation; what they show is read from the project's files. Of
 * one that is shown to a role, examples and dashboards that do not fit its schema are left out without a word: they are not
 * there for it.
 */
export async function readProjectPages(
  project: Pick<Project, "domains" | "shownTo">,
  projectDir: string,
  around: Surroundings,
  serving: PagesServed = everythingServed,
): Promise<readonly Page[]> {
  const hasGraphiql = serving.graphiql && serving.introspection;
  const all = hasGraphiql ? await readProjectExamples(project, projectDir) : [];
  const examples = project.shownTo ? keepFitting(all, around.schema) : all;
  const graphiql = {
    schema: around.schema,
    examples,
    chart: (example: ProjectExample) => readExampleChart(example, around),
  };
  return [
    createHome(project, examples, serving.probes === null),
    ...(hasGraphiql ? [createGraphiqlPage(project, graphiql)] : []),
    await createDashboardPage(project, projectDir, around),
  ];
}

function createHome(
  { domains }: Pick<Project, "domains">,
  examples: readonly ProjectExample[],
  hasProbes: boolean,
): Page {
  const settings: HomeSettings = {
    hasProbes,
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
