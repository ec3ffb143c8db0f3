import { type GraphQLSchema, getVariableValues } from "graphql";
import type { Place, Subscription, Tile } from "../web/dashboard/page-settings.ts";
import { ageRows, ageUnits } from "./age-rows.ts";
import { findPlace, hasDefault } from "./check-places.ts";
import type { FilterFile, TileFile } from "./dashboard-file.ts";
import { type AnswerRows, describeRows } from "./describe-rows.ts";
import { type FileOperation, QUERY, readOperation, SUBSCRIPTION } from "./read-operation.ts";
import { findUnitProblems, readSpec } from "./read-spec.ts";

/** Reads a file by its path from the dashboard's folder on; null when it is not there. */
export type ReadFile = (name: string) => Promise<string | null>;

export interface TileSurroundings {
  readonly schema: GraphQLSchema;
  readonly readFile: ReadFile;
  readonly filters: readonly FilterFile[];
}

/** A tile as the page gets it; a list when something of it does not fit: all problems. */
export async function readTile(around: TileSurroundings, file: TileFile): Promise<Tile | readonly string[]> {
  const { schema, readFile } = around;
  const text = await readFile(file.operation);
  if (text === null) return [`${file.operation} is not there`];
  const read = readOperation(schema, text, QUERY);
  if ("text" in read === false) return read.map((problem) => `${file.operation}: ${problem}`);
  const rows = file.shows === "freshness" ? ageRows : describeRows(schema, read.operation, read.fragments);
  if (!rows) return [`${file.operation}: asks for several things; a tile shows the rows of one`];
  const picture = await readPicture(readFile, file, rows);
  const filters = findFilterPlaces(around, read, file);
  const live = await readLive(around, file);
  const own = file.shows === "freshness" ? ageUnits : {};
  const units = "problems" in picture ? {} : { ...own, ...picture.units, ...file.units };
  const problems = [
    ...("problems" in picture ? picture.problems : findUnitProblems(units, rows, read.operation)),
    ...filters.problems,
    ...live.problems,
    ...findLackingVariables(live.subscription, read),
    ...findVariableProblems(schema, read, file, filters.places),
  ];
  if (problems.length > 0 || "problems" in picture) return problems;
  const { title, description, variables, size, fixed } = file;
  return {
    ...{ title, description, query: text, variables, size, fixed, units },
    ...{ rows: rows.path, columns: rows.columns, spec: picture.spec, filters: filters.places },
    live: { subscription: live.subscription, everySeconds: file.live.everySeconds },
  };
}

async function readPicture(readFile: ReadFile, file: TileFile, rows: AnswerRows) {
  if (file.spec === null) return { spec: null, units: {} };
  const name = file.spec ?? file.operation.replace(/\.graphql$/, ".vl.json");
  const text = await readFile(name);
  if (text === null)
    return file.spec === undefined ? { spec: null, units: {} } : { problems: [`${name} is not there`] };
  const read = readSpec(text, rows);
  return "spec" in read ? read : { problems: read.map((problem) => `${name}: ${problem}`) };
}

async function readLive(
  { schema, readFile }: TileSurroundings,
  { live }: TileFile,
): Promise<{ readonly subscription: Subscription | null; readonly problems: readonly string[] }> {
  if (live.subscription === null) return { subscription: null, problems: [] };
  const text = await readFile(live.subscription);
  if (text === null) return { subscription: null, problems: [`${live.subscription} is not there`] };
  const read = readOperation(schema, text, SUBSCRIPTION);
  if ("text" in read === false)
    return { subscription: null, problems: read.map((problem) => `${live.subscription}: ${problem}`) };
  return { subscription: { query: text, variables: namesOfVariables(read) }, problems: [] };
}

/** A subscription is narrowed by what the tile's operation is narrowed by, and has nothing else to be. */
function findLackingVariables(
  subscription: Subscription | null,
  operation: FileOperation,
): readonly string[] {
  const known = namesOfVariables(operation);
  return (subscription?.variables ?? [])
    .filter((name) => !known.includes(name))
    .map((name) => `live: the subscription declares $${name}, and the operation does not`);
}

const namesOfVariables = ({ operation }: FileOperation): readonly string[] =>
  (operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value);

function findFilterPlaces(
  { schema, filters }: TileSurroundings,
  { operation }: FileOperation,
  file: TileFile,
) {
  const problems: string[] = [];
  const places: Record<string, readonly Place[]> = {};
  for (const [name, paths] of Object.entries(file.filters)) {
    const filter = filters.find((one) => one.name === name);
    if (!filter) problems.push(`filters: the dashboard has no filter "${name}"`);
    else if ((filter.type === "period") !== Array.isArray(paths))
      problems.push(
        filter.type === "period"
          ? `filters: period "${name}" needs two places: its first day, and the day after its last`
          : `filters: "${name}" has one value, and needs one place`,
      );
    else if (filter.type === "choice" && filter.optional && declaresDefault(operation, paths))
      problems.push(
        `filters: "${name}" may be left open, and $${paths} has a default then; leave that out, or set "optional": false`,
      );
    const found = [paths].flat().map((path) => findPlace(schema, operation, path));
    for (const one of found) if (typeof one === "string") problems.push(`filters: ${name}: ${one}`);
    places[name] = found.filter((one) => typeof one !== "string");
  }
  for (const name of Object.keys(file.fixed))
    if (!(name in file.filters)) problems.push(`fixed: the tile has no filter "${name}"`);
  return { places, problems };
}

const declaresDefault = (
  { variableDefinitions = [] }: FileOperation["operation"],
  path: string | readonly string[],
): boolean => variableDefinitions.some((one) => one.variable.name.value === path && hasDefault(one));

/** What the tile gives itself must do; what filters give comes later. */
function findVariableProblems(
  schema: GraphQLSchema,
  { operation }: FileOperation,
  { variables }: TileFile,
  places: Readonly<Record<string, readonly Place[]>>,
): readonly string[] {
  const declared = operation.variableDefinitions ?? [];
  const filtered = Object.values(places).flatMap((some) => some.map(({ path }) => path[0]));
  const unknown = Object.keys(variables).filter(
    (name) => !declared.some((one) => one.variable.name.value === name),
  );
  const own = declared.filter(
    ({ variable }) => variable.name.value in variables || !filtered.includes(variable.name.value),
  );
  const { errors } = getVariableValues(schema, own, variables);
  return [
    ...unknown.map((name) => `variables: the operation declares no variable $${name}`),
    ...(errors ?? []).map(({ message }) => `variables: ${message}`),
  ];
}
