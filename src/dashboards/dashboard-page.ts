import type { GraphQLSchema } from "graphql";
import type { Logger } from "../log.ts";
import type { Project } from "../models/project.ts";
import type { Page } from "../pages/page.ts";
import type { DashboardSettings } from "../web/dashboard/page-settings.ts";
import type { ExampleChart } from "../web/shared/chart/chart-rows.ts";
import { readChart } from "./read-chart.ts";
import { readDashboards } from "./read-dashboards.ts";

/** What files of pictures are checked against, and where what is wrong with them is told. */
export interface Surroundings {
  readonly schema: GraphQLSchema;
  readonly logger: Pick<Logger, "warn">;
}

/**
 * `/dashboard`: the dashboards of a project's files. Each file with a fault is told of, with all that is wrong; the others are
 * shown. Of a project that is shown to a role, what does not fit its schema is no fault: it is not there for it.
 */
export async function createDashboardPage(
  project: Pick<Project, "domains" | "shownTo">,
  projectDir: string,
  { schema, logger }: Surroundings,
): Promise<Page> {
  const read = await readDashboards(project, projectDir, schema);
  const settings: DashboardSettings = project.shownTo ? { ...read, faults: [] } : read;
  for (const { file, problems } of settings.faults)
    logger.warn({ file, problems }, "a dashboard is not shown");
  return { name: "dashboard", path: "/dashboard", title: "Dashboard", hasPaths: true, settings };
}

/** The chart beside an example; null when it has none, or one that does not fit, which is told of. */
export function readExampleChart(
  example: {
    readonly domain: string;
    readonly name: string;
    readonly query: string;
    readonly spec: string | null;
  },
  { schema, logger }: Surroundings,
): ExampleChart | null {
  const { domain, name, query, spec } = example;
  if (spec === null) return null;
  const chart = readChart(schema, query, spec);
  if ("spec" in chart) return chart;
  logger.warn({ domain, file: `${name}.vl.json`, problems: chart }, "the chart of an example is not shown");
  return null;
}
