import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphQLError } from "graphql";
import type { FileLimits } from "../file-settings.ts";
import { sendError } from "../monitor/http-server.ts";
import { answerJson, isPlainQuery } from "./answer-json.ts";
import type { Authenticate, Authenticated } from "./authenticate.ts";
import { createCompression } from "./compress-answers.ts";
import { answerExport } from "./files/answer-export.ts";
import { answerFile } from "./files/answer-file.ts";
import { readAccept } from "./files/file-format.ts";
import { createFileTurns } from "./files/file-turns.ts";
import { isExport } from "./files/read-export-address.ts";
import type { PersistedQueries } from "./persisted-queries.ts";
import { reportEnd, reportErrors, startExchange } from "./report-answers.ts";
import { watchAuthentication } from "./watch-authentication.ts";
import type { GatewayOptions, RequestState } from "./yoga.ts";

/** A request that was let in. */
interface LetIn extends Authenticated {
  readonly path: string | undefined;
  readonly requestId: string;
}

/** Answers what is asked at a path with a page, a query's answer or a file; false for every other path, which is left alone. */
export type AnswerRequest = (
  asked: LetIn,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<boolean>;

/** How whoever was let in is answered: each by what serves them. */
export function createAnswers(
  options: GatewayOptions & { readonly files: FileLimits },
  persisted: PersistedQueries,
  authenticate: Authenticate,
): AnswerRequest {
  const compress = createCompression();
  const turns = createFileTurns(options.files);

  const answerGraphql = async (asked: LetIn, request: IncomingMessage, response: ServerResponse) => {
    const { served } = asked;
    if (isBrowser(request) && !hasQuery(request) && (await served.pages.serve("/graphql", request, response)))
      return;
    compress(request, response);
    // A form cannot send JSON, so another site cannot post in the name of a visitor (CSRF).
    if (request.method === "POST" && !isJson(request))
      return sendError(response, 415, "QUERY_INVALID", "Post queries as application/json.");
    const malformed = findMalformed(request);
    if (malformed !== undefined)
      return sendError(response, 400, "QUERY_INVALID", `${malformed} in the address is no JSON.`);
    const state = openState(options, asked, request, response);
    const form = readAccept(request.headers.accept);
    if (form && (request.method === "GET" || request.method === "POST"))
      return answerFile(served.gateway, { state, response, turns, options: served.options, persisted }, form);
    if (isPlainQuery(request)) {
      const report = (errors: readonly GraphQLError[]) => reportErrors(options, state.exchange, errors);
      const asker = served.askerOf(state.answering);
      return answerJson(served.gateway, state, response, { persisted, tags: served.tags, asker, report });
    }
    state.onEnd(
      watchAuthentication(
        asked,
        () => authenticate(request),
        () => response.destroy(),
      ),
    );
    await served.gateway.handle(request, response, state);
  };

  return async (asked, request, response) => {
    const { path, served } = asked;
    if (path === "/") {
      if (isBrowser(request) && (await served.pages.serve(path, request, response))) return true;
      response.writeHead(302, { location: "/graphql" }).end();
      return true;
    }
    if (path === "/graphql") {
      await answerGraphql(asked, request, response);
      return true;
    }
    if (!isExport(path)) return served.pages.serve(path, request, response);
    compress(request, response);
    if (request.method !== "GET") {
      sendError(response, 405, "USAGE", "Exports are fetched by GET.");
      return true;
    }
    const state = openState(options, asked, request, response);
    await answerExport({ state, response, turns, options: served.options }, served.options.exported);
    return true;
  };
}

/**
 * What the work on a request knows of it; its end is reported when the answer is out, or its client has gone.
 * @throws VitrineError FORBIDDEN when whoever asks lacks what a rule needs
 */
function openState(
  options: GatewayOptions,
  { served, principal, requestId }: LetIn,
  request: IncomingMessage,
  response: ServerResponse,
): RequestState {
  const answering = served.answeringFor(principal);
  const exchange = startExchange(requestId, principal);
  const ends: ((finished: boolean) => void)[] = [];
  response.once("close", () => {
    for (const end of ends) end(response.writableFinished);
    reportEnd(options, exchange, response.writableFinished);
  });
  // A client may be gone before anybody asks to be told.
  const onEnd: RequestState["onEnd"] = (end) => {
    if (response.closed) end(response.writableFinished);
    else ends.push(end);
  };
  return { req: request, principal, answering, exchange, onEnd };
}

const isJson = (request: IncomingMessage): boolean =>
  /^application\/json\b/i.test(request.headers["content-type"] ?? "");

/** The parameter of an address that should hold JSON, and does not: yoga takes what its parser throws for a fault of ours. */
function findMalformed({ url = "" }: IncomingMessage): string | undefined {
  const at = url.indexOf("?");
  if (at === -1) return undefined;
  const given = new URLSearchParams(url.slice(at));
  return ["variables", "extensions"].find((name) => given.get(name) && !isJsonText(given.get(name) ?? ""));
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const isBrowser = ({ method, headers }: IncomingMessage): boolean =>
  method === "GET" && (headers.accept?.includes("text/html") ?? false);

/** A browser that opens a link with a query gets GraphiQL all the same; `?query=` from a program gets its answer. */
const hasQuery = (request: IncomingMessage): boolean =>
  !request.headers["sec-fetch-dest"] && /[?&](?:query|extensions|documentId)=/.test(request.url ?? "");
