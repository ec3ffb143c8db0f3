import type { IncomingMessage, ServerResponse } from "node:http";
import type { GraphQLError } from "graphql";
import type { Registry } from "prom-client";
import { everyone, type Principal } from "../access/principal.ts";
import type { FileLimits } from "../file-settings.ts";
import type { HostRule } from "../monitor/allowed-hosts.ts";
import { createOriginRule, type OriginRule } from "../monitor/allowed-origins.ts";
import { drainServer } from "../monitor/drain-server.ts";
import { createGuardedServer, listen, sendError } from "../monitor/http-server.ts";
import { answerProbe } from "../monitor/probes.ts";
import type { Page } from "../pages/page.ts";
import { createPages } from "../pages/serve-pages.ts";
import { answerJson, isPlainQuery } from "./answer-json.ts";
import { createAnswerTags, type VersionOf } from "./answer-tags.ts";
import { createCompression } from "./compress-answers.ts";
import { answerExport, type Exported } from "./files/answer-export.ts";
import { answerFile } from "./files/answer-file.ts";
import { readAccept } from "./files/file-format.ts";
import { createFileTurns } from "./files/file-turns.ts";
import { isExport } from "./files/read-export-address.ts";
import { createPersistedQueries } from "./persisted-queries.ts";
import { reportEnd, reportErrors, startExchange } from "./report-answers.ts";
import type { TrustedDocuments } from "./trusted-documents.ts";
import { serveWebSockets } from "./websocket.ts";
import { createGateway, type GatewayOptions, type RequestState } from "./yoga.ts";

/** How long `close()` waits for requests that are being answered. */
const CLOSE_MS = 10_000;

export interface ServerOptions extends GatewayOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The names that it goes by. */
  readonly hosts: HostRule;
  /** Pages of which other sites may use it; default: none. */
  readonly origins?: OriginRule;
  /** What tags of answers are made of; default: no answer has one. */
  readonly versionOf?: VersionOf;
  /** Why the server cannot answer yet; null when it can (the first rebuild is complete). */
  readonly readiness: () => Promise<string | null>;
  /** Documents that clients may name by their hash without having sent them; default: none. */
  readonly trusted?: TrustedDocuments;
  /** Pages for browsers, in the order of their navigation; default: none. */
  readonly pages?: readonly Page[];
  readonly title?: string;
  /** Whether probes and metrics are here, too; default: they are. */
  readonly hasProbes?: boolean;
  readonly files: FileLimits;
  readonly exported: Exported;
  /** Who asks. Default: nobody is asked. @throws VitrineError UNAUTHENTICATED */
  readonly identify?: (request: IncomingMessage) => Promise<Principal>;
}

export interface Server {
  /** Address of GraphiQL and of the endpoint. */
  readonly url: string;
  readonly port: number;
  /** Of `/metrics`: whoever runs in this process adds what it counts. */
  readonly registry: Registry;
  /** Takes no more requests, lets those under way finish (at most 10 s), then frees the port. */
  close(): Promise<void>;
}

/**
 * Starts the HTTP server: `/graphql` (GraphiQL for browsers), the other pages, `/healthz`, `/readyz`, `/metrics`.
 * @throws VitrineError PORT_IN_USE
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const persisted = createPersistedQueries(options.trusted);
  const gateway = createGateway(options, persisted);
  const {
    schema,
    versionOf,
    origins = createOriginRule([]),
    identify = async () => everyone,
    hasProbes = true,
  } = options;
  const tags = versionOf && createAnswerTags(schema, options.exported.models, versionOf);
  const compress = createCompression();
  const turns = createFileTurns(options.files);
  const { registry } = options.metrics;
  const pages = createPages({ title: options.title ?? "Vitrine", pages: options.pages ?? [] });
  const fault = pages.findFault();
  if (fault !== null) options.logger.warn(fault);

  const handle = async (request: IncomingMessage, response: ServerResponse, requestId: string) => {
    const path = request.url?.split("?", 1)[0];
    switch (path) {
      case "/":
        if (isBrowser(request) && (await pages.serve(path, request, response))) return;
        return response.writeHead(302, { location: "/graphql" }).end();
      case "/graphql": {
        if (origins.answer(request, response)) return;
        if (isBrowser(request) && !hasQuery(request) && (await pages.serve(path, request, response))) return;
        compress(request, response);
        // A form cannot send JSON, so another site cannot post in the name of a visitor (CSRF).
        if (request.method === "POST" && !isJson(request))
          return sendError(response, 415, "QUERY_INVALID", "Post queries as application/json.");
        const malformed = findMalformed(request);
        if (malformed !== undefined)
          return sendError(response, 400, "QUERY_INVALID", `${malformed} in the address is no JSON.`);
        const principal = await identify(request);
        const state = openState(options, response, { req: request, principal, requestId });
        const form = readAccept(request.headers.accept);
        if (form && (request.method === "GET" || request.method === "POST"))
          return answerFile(gateway, { state, response, turns, options, persisted }, form);
        if (isPlainQuery(request)) {
          const report = (errors: readonly GraphQLError[]) => reportErrors(options, state.exchange, errors);
          return answerJson(gateway, state, response, { persisted, tags, report });
        }
        return gateway.handle(request, response, state);
      }
      default:
        if (isExport(path)) {
          if (origins.answer(request, response)) return;
          compress(request, response);
          if (request.method !== "GET")
            return sendError(response, 405, "USAGE", "Exports are fetched by GET.");
          const principal = await identify(request);
          const state = openState(options, response, { req: request, principal, requestId });
          return answerExport({ state, response, turns, options }, options.exported);
        }
        if (await pages.serve(path, request, response)) return;
        if (hasProbes && (await answerProbe(path, response, { registry, readiness: options.readiness })))
          return;
        return sendError(response, 404, "USAGE", "There is nothing here. The endpoint is /graphql.");
    }
  };

  const server = createGuardedServer(handle, options);
  const drain = drainServer(server, CLOSE_MS);
  const closeSockets = serveWebSockets(server, gateway, { ...options, origins, persisted });
  const { port, origin } = await listen(server, options);

  return {
    port,
    url: `${origin}/graphql`,
    registry,
    async close() {
      await closeSockets();
      await drain();
    },
  };
}

/** What the work on a request knows of it; its end is reported when the answer is out, or its client has gone. */
function openState(
  options: GatewayOptions,
  response: ServerResponse,
  { requestId, ...asked }: Pick<RequestState, "req" | "principal"> & { readonly requestId: string },
): RequestState {
  const exchange = startExchange(requestId, asked.principal);
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
  return { ...asked, exchange, onEnd };
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
