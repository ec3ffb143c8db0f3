/** How an answer is looked at. */
export const views = ["table", "chart", "json", "sql"] as const;
export type View = (typeof views)[number];

/** What a link opens. */
export interface Link {
  readonly query: string;
  /** JSON text. */
  readonly variables: string | null;
  readonly view: View | null;
}

/** Longer addresses are refused by servers and proxies; what stands behind `#` is never sent to one. */
const LONGEST_SEARCH = 4000;

/** Reads the operation of an address, from behind its `?` or, when it is long, its `#`; null when it has none. */
export function readLink({ search, hash }: Pick<URL, "search" | "hash">): Link | null {
  const link = new URLSearchParams(search || hash.slice(1));
  const query = link.get("query");
  if (query === null) return null;
  const view = views.find((one) => one === link.get("view")) ?? null;
  return { query, variables: link.get("variables"), view };
}

/** The path of a link that opens an operation. */
export function writeLink({ query, variables, view }: Link): string {
  const link = new URLSearchParams({
    query,
    ...(variables !== null && variables.trim() !== "" && { variables }),
    ...(view !== null && { view }),
  });
  const text = String(link);
  return `/graphql${text.length > LONGEST_SEARCH ? "#" : "?"}${text}`;
}
