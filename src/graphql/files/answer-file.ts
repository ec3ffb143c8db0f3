import type { IncomingMessage } from "node:http";
import type { ExecutionResult } from "graphql";
import { VitrineError } from "../../errors.ts";
import { type Params, readBody, readOperation, readParams } from "../answer-json.ts";
import { MAX_NESTING, nestedTooDeeply, nestsDeeper } from "../text-limits.ts";
import type { createGateway, GatewayOptions, RequestState } from "../yoga.ts";
import type { FileForm } from "./file-format.ts";
import { flattenRows } from "./flatten-rows.ts";
import { type FileRequest, giveFile } from "./give-file.ts";
import { findList, type ListedOperation } from "./listed-operation.ts";
import { type ReadRows, readRows } from "./read-rows.ts";
import type { SentFile } from "./send-file.ts";

type Gateway = ReturnType<typeof createGateway>;

/** Answers an operation with a file: the rows of its one list, read page by page. */
export const answerFile = (
  gateway: Gateway,
  request: FileRequest & { readonly options: GatewayOptions },
  form: FileForm,
): Promise<void> =>
  giveFile(request, async (signal, send) => {
    const { state, turns, options } = request;
    const params = await readAsked(state.req);
    const { maxCost } = options.limits;
    const found = await openList(gateway, state, params, { signal, maxCost, maxRows: turns.limits.maxRows });
    await send(form, toFile(found.list, found.read, form));
  });

/**
 * Finds the list of an operation, and reads its first rows.
 * @throws GraphQLError, VitrineError as findList and readRows
 */
export async function openList(
  gateway: Gateway,
  state: RequestState,
  { query, variables, operationName }: Params,
  { signal, ...limits }: { readonly signal: AbortSignal; readonly maxCost: number; readonly maxRows: number },
): Promise<{ readonly list: ListedOperation; readonly read: ReadRows }> {
  const { schema, parse, validate } = gateway.getEnveloped(state);
  const document = parse(query);
  const [problem] = validate(schema, document);
  if (problem) throw problem;
  const list = findList(schema, document, readOperation(document, operationName), variables);
  const run = (variableValues: Readonly<Record<string, unknown>>) =>
    runPage(gateway, state, signal, { ...list, variableValues });
  return { list, read: await readRows(list, run, limits) };
}

/** One answer, with limits and a clock of its own. */
async function runPage(
  gateway: Gateway,
  state: RequestState,
  signal: AbortSignal,
  operation: Pick<ListedOperation, "document" | "operationName"> & {
    readonly variableValues: Readonly<Record<string, unknown>>;
  },
): Promise<ExecutionResult> {
  const ends: ((finished: boolean) => void)[] = [];
  const leave = () => {
    for (const end of ends) end(false);
  };
  signal.throwIfAborted();
  signal.addEventListener("abort", leave);
  try {
    const page: RequestState = { ...state, onEnd: (end) => ends.push(end) };
    const { schema, contextFactory, execute } = gateway.getEnveloped(page);
    const { document, operationName, variableValues } = operation;
    const contextValue = await contextFactory();
    return await execute({ schema, document, contextValue, variableValues, operationName });
  } finally {
    signal.removeEventListener("abort", leave);
    for (const end of ends) end(true);
    signal.throwIfAborted();
  }
}

function toFile({ name, fields }: ListedOperation, { rows, extensions }: ReadRows, form: FileForm): SentFile {
  const { fields: columns, flatten } =
    form.format === "ndjson" ? { fields, flatten: null } : flattenRows(fields);
  const [key = ""] = Object.keys(columns);
  return {
    name,
    shape: { name, key, fields: columns },
    documents: flatten ? each(rows, flatten) : rows,
    freshness: extensions?.freshness,
  };
}

async function* each<T, U>(items: AsyncIterable<T>, change: (item: T) => U): AsyncIterable<U> {
  for await (const item of items) yield change(item);
}

/** What is asked, in the body of a POST or in the address of a GET. @throws VitrineError QUERY_INVALID, LIMIT_EXCEEDED */
async function readAsked(request: IncomingMessage): Promise<Params> {
  const text = request.method === "GET" ? readAddress(request.url ?? "") : await readBody(request);
  if (text === null) throw new VitrineError("LIMIT_EXCEEDED", "The body is too large.");
  if (nestsDeeper(text, MAX_NESTING)) throw nestedTooDeeply();
  const params = readParams(text);
  if (params) return params;
  throw new VitrineError("QUERY_INVALID", "The body is no JSON object with a query.");
}

/** What an address asks, as a body would say it. */
function readAddress(url: string): string {
  const given = new URLSearchParams(url.slice(url.indexOf("?") + 1));
  const variables: unknown = JSON.parse(given.get("variables") || "null"); // looked at before: findMalformed
  return JSON.stringify({
    query: given.get("query"),
    ...(variables === null ? {} : { variables }),
    operationName: given.get("operationName") ?? undefined,
  });
}
