import { createDashboardPage, readExampleChart, type Surroundings } from "../dashboards/dashboard-page.ts";
import { type CubeModel, isCube } from "../models/cube.ts";
import { namesOfCube } from "../models/derived-names.ts";
import type { Project } from "../models/project.ts";
import { requiredBy } from "../models/required-dimensions.ts";
import type { Page } from "../pages/page.ts";
import type { CubeSettings, ExampleSettings, GraphiqlSettings } from "../web/graphiql/page-settings.ts";
import type { DomainSummary, HomeSettings } from "../web/home/page-settings.ts";
import { type Example, type ProjectExample, readProjectExamples } from "./examples.ts";

/** How many questions of a domain the start page shows. */
const FIRST_QUESTIONS = 4;

/** The pages of a project, in the order of their navigation; what they show is read from the project's files. */
export async function readProjectPages(
  project: Pick<Project, "domains">,
  projectDir: string,
  around: Surroundings,
): Promise<readonly Page[]> {
  const examples = await readProjectExamples(project, projectDir);
  return [
    createHome(project, examples),
    createGraphiql(project, examples, around),
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

function createGraphiql(
  { domains }: Pick<Project, "domains">,
  examples: readonly ProjectExample[],
  around: Surroundings,
): Page {
  const cubes = domains.flatMap(({ models }) => models).filter(isCube);
  const settings: GraphiqlSettings = {
    cubes: Object.fromEntries(
      cubes.map((cube) => [namesOfCube(cube.typeName).types.row, describeCube(cube)]),
    ),
    examples: examples.map((example): ExampleSettings => {
      const { title, domain, group, query, variables } = example;
      return { title, domain, group, query, variables, chart: readExampleChart(example, around) };
    }),
  };
  return { name: "graphiql", path: "/graphql", title: "GraphiQL", settings };
}

/** Sums and counts add up over rows that are grouped alike, unless they must be kept apart, as money of several currencies. */
function describeCube({ cube: { dimensions, measures } }: CubeModel): CubeSettings {
  const isAdditive = (name: string) =>
    ["sum", "count"].includes(measures[name]?.kind ?? "") && requiredBy(measures, name).length === 0;
  return {
    dimensions: Object.keys(dimensions),
    measures: Object.keys(measures),
    additive: Object.keys(measures).filter(isAdditive),
  };
}

/** The address that opens an example in GraphiQL, its answer as a table. */
export function linkTo({ query, variables }: Pick<Example, "query" | "variables">): string {
  const link = new URLSearchParams({ query, ...(variables !== null && { variables }), view: "table" });
  return `/graphql?${link}`;
}
