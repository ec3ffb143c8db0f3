import { readdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { GraphQLSchema } from "graphql";
import type { Project } from "../models/project.ts";
import { readText } from "../read-text.ts";
import type { Dashboard, DashboardFault, Filter, Tile } from "../web/dashboard/page-settings.ts";
import { type DashboardFile, dashboardFile, type FilterFile } from "./dashboard-file.ts";
import { describeRows } from "./describe-rows.ts";
import { QUERY, readOperation } from "./read-operation.ts";
import { type ReadFile, readTile } from "./read-tile.ts";

/** The dashboards of a project, and those of its files that none can be made of. */
export interface Dashboards {
  readonly dashboards: readonly Dashboard[];
  readonly faults: readonly DashboardFault[];
}

/**
 * Reads the `.json` files of every domain's folder of dashboards, in the order of the domains, by name. A file with a fault
 * is left out with all that is wrong with it; the others are not concerned.
 */
export async function readDashboards(
  { domains }: Pick<Project, "domains">,
  projectDir: string,
  schema: GraphQLSchema,
): Promise<Dashboards> {
  const dashboards: Dashboard[] = [];
  const faults: DashboardFault[] = [];
  for (const { name: domain, dashboards: given } of domains) {
    if (given === undefined) continue;
    const folder = resolve(projectDir, given);
    const names: readonly string[] = await readdir(folder).catch(() => []);
    for (const name of names.filter((one) => one.endsWith(".json") && !one.endsWith(".vl.json")).sort()) {
      const read = await readDashboard(schema, folder, name);
      if ("problems" in read)
        faults.push({ file: relative(projectDir, join(folder, name)), problems: read.problems });
      else dashboards.push({ ...read, domain, name: `${domain}-${name.slice(0, -".json".length)}` });
    }
  }
  return { dashboards, faults };
}

async function readDashboard(
  schema: GraphQLSchema,
  folder: string,
  name: string,
): Promise<Omit<Dashboard, "domain" | "name"> | { readonly problems: readonly string[] }> {
  const readFile: ReadFile = (file) => readText(join(folder, file)).catch(() => null);
  const parsed = parseFile((await readFile(name)) ?? "");
  if ("problems" in parsed) return parsed;
  const problems: string[] = [];
  const filters: Filter[] = [];
  for (const filter of parsed.filters) {
    const read = await readFilter(schema, readFile, filter);
    if (Array.isArray(read)) problems.push(...read.map((problem) => `filter "${filter.name}": ${problem}`));
    else filters.push(read as Filter);
  }
  const tiles: Tile[] = [];
  for (const file of parsed.tiles) {
    const read = await readTile({ schema, readFile, filters: parsed.filters }, file);
    if (Array.isArray(read)) problems.push(...read.map((problem) => `tile "${file.title}": ${problem}`));
    else tiles.push(read as Tile);
  }
  const { title, description } = parsed;
  return problems.length > 0 ? { problems } : { title, description, filters, tiles };
}

function parseFile(text: string): DashboardFile | { readonly problems: readonly string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problems: [`is no JSON: ${(error as Error).message}`] };
  }
  const { data, error } = dashboardFile.safeParse(json);
  if (data) return data;
  return { problems: error.issues.map(({ path, message }) => `${path.join(".") || "file"}: ${message}`) };
}

async function readFilter(
  schema: GraphQLSchema,
  readFile: ReadFile,
  filter: FilterFile,
): Promise<Filter | readonly string[]> {
  if (filter.type === "period") return filter;
  const { operation: name, column } = filter.values;
  const text = await readFile(name);
  if (text === null) return [`${name} is not there`];
  const read = readOperation(schema, text, QUERY);
  if ("text" in read === false) return read.map((problem) => `${name}: ${problem}`);
  const rows = describeRows(schema, read.operation, read.fragments);
  if (!rows?.columns.some((one) => one.name === column)) return [`${name}: has no column "${column}"`];
  if (filter.default === null && !filter.optional) return ["needs a default, or to be optional"];
  return { ...filter, values: { query: text, rows: rows.path, column } };
}
