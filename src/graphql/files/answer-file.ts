import type { ExecutionResult } from "graphql";
import { readOperation } from "../answer-json.ts";
import { clientOf } from "../client-of.ts";
import { refuseVariables } from "../hidden-schema.ts";
import type { PersistedQueries } from "../persisted-queries.ts";
import { AFTER_WRITE_HEADER } from "../read-arguments.ts";
import { type Asked, readRequest } from "../read-request.ts";
import type { KnownText } from "../read-texts.ts";
import type { Gateway, GatewayOptions, RequestState } from "../yoga.ts";
import type { Exported } from "./answer-export.ts";
import type { FileForm } from "./file-format.ts";
import { flattenRows, type Row } from "./flatten-rows.ts";
import { type FileRequest, giveFile } from "./give-file.ts";
import { findList, type ListedOperation } from "./listed-operation.ts";
import { noteStream, type RowCount } from "./note-stream.ts";
import { limitRows, readRows } from "./read-rows.ts";
import type { SentFile } from "./send-file.ts";
import { streamModel } from "./stream-model.ts";

/** Answers an operation with a file: the rows of its one list, of a plain one as an export reads them, else page by page. */
export async function answerFile(
  gateway: Gateway,
  request: FileRequest & {
    readonly state: RequestState;
    readonly options: GatewayOptions & { readonly exported: Exported };
    readonly persisted: PersistedQueries;
  },
  form: FileForm,
): Promise<void> {
  const { state, turns, options } = request;
  // Before there is a turn: one that waits for its question would keep others from theirs.
  const question = await readRequest(state.req, request.persisted);
  await giveFile(request, async (signal, send) => {
    if ("error" in question) throw question.error;
    if (question.offered !== null) state.exchange.offered = question.offered;
    const read = await gateway.readText(question.query, state);
    const list = openList(gateway, state, { ...question, ...read }, options.isSchemaHidden);
    const { maxRows } = turns.limits;
    const { reader } = options.exported;
    const sendRows = (rows: AsyncIterable<Row>, freshness: unknown, read?: RowCount) =>
      send(form, toFile(list, limitRows(rows, list.wanted, maxRows, read), form, freshness));
    const { plain } = list;
    if (plain) {
      const client = clientOf(state.req, state.principal, options.proxies ?? 0);
      const asked = { root: list.root, ...plain.asked(state.req.headers[AFTER_WRITE_HEADER]?.toString()) };
      const places = { ...options, ...state.answering, reader, client };
      return streamModel(places, asked, signal, (documents, age) =>
        sendRows(each(documents, plain.show), [age], noteStream(state.exchange, age.source)),
      );
    }
    const run = (variableValues: Row) => runPage(gateway, state, signal, { ...list, variableValues });
    const { rows, extensions } = await readRows(list, run, options.limits);
    await sendRows(rows, extensions?.freshness);
  });
}

/** The list of an operation. @throws GraphQLError, VitrineError as findList */
function openList(
  gateway: Gateway,
  state: RequestState,
  { document, problems, variables, operationName }: Pick<Asked, "variables" | "operationName"> & KnownText,
  isSchemaHidden = false,
): ListedOperation {
  const { schema } = gateway;
  const [problem] = problems;
  if (problem) throw problem;
  const operation = readOperation(document, operationName);
  state.exchange.operation = operation.name?.value;
  const asked = { schema, document, operationName, variableValues: variables };
  const [wrong] = (isSchemaHidden && refuseVariables(asked)) || [];
  if (wrong) throw wrong;
  return findList(schema, document, operation, variables);
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
    const { schema } = gateway;
    const { document, operationName, variableValues } = operation;
    const contextValue = gateway.openContext(page);
    return await gateway.execute({ schema, document, contextValue, variableValues, operationName });
  } finally {
    signal.removeEventListener("abort", leave);
    for (const end of ends) end(true);
    signal.throwIfAborted();
  }
}

function toFile(
  { name, fields }: ListedOperation,
  rows: AsyncIterable<Row>,
  { format }: FileForm,
  freshness: unknown,
): SentFile {
  // Lines have objects in them; columns do not.
  const flat = format === "ndjson" ? undefined : flattenRows(fields);
  const columns = flat?.fields ?? fields;
  const [key = ""] = Object.keys(columns);
  const documents = flat && columns !== fields ? each(rows, flat.flatten) : rows;
  return { name, shape: { name, key, fields: columns }, documents, freshness };
}

async function* each<T, U>(items: AsyncIterable<T>, change: (item: T) => U | Promise<U>): AsyncIterable<U> {
  for await (const item of items) {
    const changed = change(item);
    yield changed instanceof Promise ? await changed : changed;
  }
}
