import type { GraphQLSchema } from "graphql";
import { readChart } from "../dashboards/read-chart.ts";
import { readDashboards } from "../dashboards/read-dashboards.ts";
import type { Logger } from "../log.ts";
import type { Project } from "../models/project.ts";
import type { Page } from "../pages/page.ts";
import type { DashboardSettings } from "../web/dashboard/page-settings.ts";
import type { ExampleSettings } from "../web/graphiql/page-settings.ts";
import type { DomainSummary, HomeSettings } from "../web/home/page-settings.ts";
import { type Example, type ProjectExample, readProjectExamples } from "./examples.ts";
import { createGraphiqlPage } from "./graphiql-page.ts";

/** How many questions of a domain the start page shows. */
const FIRST_QUESTIONS = 4;

interface Surroundings {
  readonly schema: GraphQLSchema;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * The pages of a project, in the order of their navigation; what they show is read from the project's files. A chart or
 * dashboard that does not fit is left out, and all that is wrong with it is told to the log: the others are shown.
 */
export async function readProjectPages(
  project: Pick<Project, "domains">,
  projectDir: string,
  { schema, logger }: Surroundings,
): Promise<readonly Page[]> {
  const examples = await readProjectExamples(project, projectDir);
  const dashboards = await readDashboards(project, projectDir, schema);
  for (const fault of dashboards.faults) logger.warn(fault, "a dashboard is not shown");
  const warn = (file: string, problems: readonly string[]) =>
    logger.warn({ file, problems }, "the chart of an example is not shown");
  return [
    createHome(project, examples),
    createGraphiqlPage(project, { schema, examples, chart: (example) => chartOf(example, schema, warn) }),
    createDashboards(dashboards),
  ];
}

function createDashboards(settings: DashboardSettings): Page {
  return { name: "dashboard", path: "/dashboard", title: "Dashboard", hasPaths: true, settings };
}

function chartOf(
  { domain, name, query, spec }: ProjectExample,
  schema: GraphQLSchema,
  warn: (file: string, problems: readonly string[]) => void,
): ExampleSettings["chart"] {
  if (spec === null) return null;
  const chart = readChart(schema, query, spec);
  if ("spec" in chart) return chart;
  warn(`${domain}: ${name}.vl.json`, chart);
  return null;
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
