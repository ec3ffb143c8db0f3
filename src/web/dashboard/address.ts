import { daysOf, type FilterValues } from "./bind-filters.ts";
import type { Dashboard, Filter } from "./page-settings.ts";

/** Which dashboard an address names; undefined: none. */
export const readName = (pathname: string, path: string): string | undefined => {
  const name = pathname.startsWith(`${path}/`) ? decodeName(pathname.slice(path.length + 1)) : "";
  return name === "" ? undefined : name;
};

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The values of filters that an address tells, as far as they are any, else their defaults; an empty text: not narrowed. */
export function readFilterValues({ filters }: Pick<Dashboard, "filters">, search: string): FilterValues {
  const given = new URLSearchParams(search);
  return Object.fromEntries(
    filters.map((filter) => {
      const text = given.get(filter.name);
      if (text === null || !isValue(filter, text)) return [filter.name, filter.default];
      return [filter.name, text === "" ? null : text];
    }),
  );
}

const isValue = (filter: Filter, text: string): boolean =>
  filter.type === "period"
    ? text === "all" || daysOf(text, new Date()) !== null
    : text !== "" || filter.optional;

/** The address of a dashboard with values of its filters, as far as they are not the defaults. */
export function addressOf(
  path: string,
  { name, filters }: Pick<Dashboard, "name" | "filters">,
  values: FilterValues,
): string {
  const search = new URLSearchParams();
  for (const filter of filters) {
    const value = values[filter.name] ?? null;
    if (value !== filter.default) search.set(filter.name, value ?? "");
  }
  const text = search.toString();
  return `${path}/${encodeURIComponent(name)}${text && `?${text}`}`;
}

/** The address of GraphiQL with an operation and its variables. */
export const graphiqlAddress = (query: string, variables: object): string =>
  `/graphql?${new URLSearchParams({ query, variables: JSON.stringify(variables), view: "table" })}`;
