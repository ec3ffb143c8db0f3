import type { Row } from "../shared/chart/chart-rows.ts";

/** How old one part of an answer is. */
export interface Freshness {
  readonly model: string;
  readonly source: "LIVE" | "MIRROR";
  readonly lagMs: number;
  readonly pendingChanges: number;
  readonly asOf: string;
}

/** What a query was answered. */
export interface Answer {
  readonly rows: readonly Row[];
  readonly freshness: readonly Freshness[];
  /** Said of what is missing in it; null: nothing is. */
  readonly remark: string | null;
}

export interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Where the rows are, from the whole answer on. */
  readonly rows: readonly string[];
}

/** Asks the gateway. @throws Error that says why there are no rows, or what the signal was aborted with */
export async function ask({ query, variables, rows: path }: Question, signal: AbortSignal): Promise<Answer> {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query, variables }),
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? error : new Error("The gateway cannot be reached.");
  });
  const answer = (await response.json().catch(() => null)) as Row | null;
  signal.throwIfAborted();
  const errors = (answer?.errors ?? []) as readonly { readonly message: string }[];
  const remark = errors[0]?.message ?? null;
  const found = readRows(answer, path);
  if (found === null) throw new Error(remark ?? `The gateway answered ${response.status}.`);
  const { freshness = [] } = (answer?.extensions ?? {}) as { freshness?: readonly Freshness[] };
  return { rows: found, freshness, remark };
}

/** The rows at a path of an answer: those of a list, or one object; null when there is nothing. */
function readRows(answer: unknown, path: readonly string[]): readonly Row[] | null {
  let value = answer;
  for (const part of path)
    value = typeof value === "object" && value !== null ? (value as Row)[part] : undefined;
  if (Array.isArray(value)) return value.filter((row) => typeof row === "object" && row !== null);
  return typeof value === "object" && value !== null ? [value as Row] : null;
}
