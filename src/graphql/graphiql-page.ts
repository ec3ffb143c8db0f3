import { type GraphQLSchema, introspectionFromSchema } from "graphql";
import { type CubeModel, isCube } from "../models/cube.ts";
import { namesOfCube } from "../models/derived-names.ts";
import type { Project } from "../models/project.ts";
import { requiredBy } from "../models/required-dimensions.ts";
import type { Page } from "../pages/page.ts";
import type { CubeSettings, ExampleSettings, GraphiqlSettings } from "../web/graphiql/page-settings.ts";
import type { ProjectExample } from "./examples.ts";

interface GraphiqlParts {
  readonly schema: GraphQLSchema;
  readonly examples: readonly ProjectExample[];
  /** The chart that stands beside an example. */
  readonly chart: (example: ProjectExample) => ExampleSettings["chart"];
}

/** GraphiQL, with a project's examples, and its schema ready to be read. */
export function createGraphiqlPage({ domains }: Pick<Project, "domains">, parts: GraphiqlParts): Page {
  const cubes = domains.flatMap(({ models }) => models).filter(isCube);
  const settings: GraphiqlSettings = {
    cubes: Object.fromEntries(
      cubes.map((cube) => [namesOfCube(cube.typeName).types.row, describeCube(cube)]),
    ),
    examples: parts.examples.map((example): ExampleSettings => {
      const { title, domain, group, query, variables } = example;
      return { title, domain, group, query, variables, chart: parts.chart(example) };
    }),
  };
  // Asked for as a query it is written out anew for each visitor, and its limits count its two megabytes.
  const data = { introspection: () => introspectionFromSchema(parts.schema, { schemaDescription: false }) };
  return { name: "graphiql", path: "/graphql", title: "GraphiQL", settings, data };
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
