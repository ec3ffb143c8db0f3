import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { ExecutionArgs, GraphQLError } from "graphql";
import { CloseCode, handleProtocols, makeServer, type SubscribePayload } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import { readBearer } from "../access/credentials.ts";
import { VitrineError } from "../errors.ts";
import type { HostRule } from "../monitor/allowed-hosts.ts";
import type { OriginRule } from "../monitor/allowed-origins.ts";
import { FLUSH_MS, refuseUpgrade } from "../monitor/http-server.ts";
import { readOperation } from "./answer-json.ts";
import { type Authenticate, isRefusal } from "./authenticate.ts";
import { toGraphQLError } from "./graphql-errors.ts";
import type { NoteRefusal } from "./note-refusals.ts";
import type { PersistedQueries } from "./persisted-queries.ts";
import { MAX_BODY_BYTES } from "./read-request.ts";
import { reportEnd, reportErrors, startExchange } from "./report-answers.ts";
import type { Answering } from "./role-gateways.ts";
import { watchAuthentication } from "./watch-authentication.ts";
import { type Connection, serveConnection } from "./websocket-connection.ts";
import type { createGateway, GatewayOptions, RequestState } from "./yoga.ts";

type Gateway = ReturnType<typeof createGateway>;

export interface SocketOptions extends Pick<GatewayOptions, "metrics" | "logger" | "answerLog"> {
  readonly hosts: HostRule;
  readonly origins: OriginRule;
  readonly persisted: PersistedQueries;
  /** Who asks, once they have said so; again as long as they are there. */
  readonly authenticate: Authenticate;
  readonly noteRefusal: NoteRefusal;
}
interface OperationState extends RequestState {
  /** Whether its client has said that it wants no more of it. */
  wasLeft(): boolean;
}
type Executors = Pick<Gateway, "execute" | "subscribe">;

const GOING_AWAY = 1001;
/** Bytes of why a socket is closed: the protocol has no room for more. */
const MOST_REASON = 123;

/**
 * Answers the graphql-ws protocol on `/graphql` of `server`, through the gateway's own plugins. Who asks is told by
 * `connection_init` (`{ "authorization": "Bearer …" }`), or by the request that opened the socket.
 * @returns closes all sockets, telling their clients
 */
export function serveWebSockets(server: Server, options: SocketOptions): () => Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_BODY_BYTES, handleProtocols });
  const protocol = createProtocol(options);
  server.on("upgrade", (request, socket, head) => {
    if (options.hosts.refuse(request) !== null) return refuseUpgrade(socket, "421 Misdirected Request");
    if (request.url?.split("?", 1)[0] !== "/graphql") return refuseUpgrade(socket, "404 Not Found");
    // A page of another site may open a socket in the name of its visitor: no rule of browsers forbids it.
    if (!options.origins.allows(request)) return refuseUpgrade(socket, "403 Forbidden");
    sockets.handleUpgrade(request, socket, head, (opened: WebSocket) =>
      serveConnection(
        protocol,
        opened,
        {
          ...{ request, operations: new Map() },
          isOpen: () => opened.readyState === opened.OPEN,
          close: (code, reason) => opened.close(code, cutReason(reason)),
        },
        options.logger,
      ),
    );
  });
  return () =>
    new Promise((resolve) => {
      for (const socket of sockets.clients) socket.close(GOING_AWAY, "Going away");
      // Who hears nothing any more answers no handshake: the library would wait half a minute for each.
      const late = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, FLUSH_MS);
      sockets.close(() => {
        clearTimeout(late);
        resolve();
      });
    });
}

function createProtocol(options: SocketOptions) {
  const { persisted } = options;
  const prepare = async (
    { request, operations, authenticated }: Connection,
    id: string,
    payload: SubscribePayload,
  ) => {
    if (!authenticated) throw new TypeError("The library lets nobody subscribe who is not connected.");
    const { served, principal } = authenticated;
    const exchange = startExchange(randomUUID(), principal);
    const ends: ((finished: boolean) => void)[] = [];
    let outcome: boolean | undefined;
    const end = (finished: boolean) => {
      if (outcome !== undefined) return;
      outcome = finished;
      if (operations.get(id)?.payload === payload) operations.delete(id);
      for (const one of ends) one(finished);
      reportEnd(options, exchange, finished);
    };
    operations.set(id, { payload, end });
    const refuse = (errors: readonly GraphQLError[]) => {
      const coded = errors.map(toGraphQLError);
      reportErrors(options, exchange, coded);
      end(true);
      return coded;
    };
    let answering: Answering;
    try {
      answering = served.answeringFor(principal);
    } catch (error) {
      return refuse([toGraphQLError(error)]);
    }
    const state: OperationState = {
      ...{ req: request, principal, answering },
      wasLeft: () => outcome === false,
      exchange,
      // A client may have left before anybody asks to be told.
      onEnd: (one: (finished: boolean) => void) => {
        if (outcome === undefined) ends.push(one);
        else one(outcome);
      },
    };
    try {
      const { variables, operationName } = payload;
      const read = persisted.read(payload);
      if (read?.offered != null) exchange.offered = read.offered;
      const { schema, readText, openContext, execute, subscribe } = served.gateway;
      const { document, problems } = await readText(read?.text ?? "", state);
      if (problems.length > 0) return refuse(problems);
      readOperation(document, operationName);
      const contextValue = openContext(state);
      const rootValue: Executors = { execute, subscribe };
      return { schema, document, variableValues: variables, operationName, contextValue, rootValue };
    } catch (error) {
      return refuse([toGraphQLError(error)]);
    }
  };
  /** What an executor throws is answered like every other error. */
  const run = (kind: keyof Executors) => async (args: ExecutionArgs) => {
    const { exchange, wasLeft } = args.contextValue as OperationState; // what getEnveloped was given is part of the context
    const answer = await Promise.resolve(args)
      // `prepare` puts the executors of the operation there.
      .then((args.rootValue as Executors)[kind])
      .catch((error: unknown) => ({ errors: [toGraphQLError(error)] }));
    // The library would tell it to the operation that has this id by now.
    if (wasLeft()) {
      // A subscription is to be told that nobody listens: nobody else will tell it.
      if (Symbol.asyncIterator in answer) await answer.return?.();
      return new Promise<never>(() => undefined);
    }
    if (Symbol.asyncIterator in answer || !answer.errors) return answer;
    const errors = answer.errors.map(toGraphQLError);
    reportErrors(options, exchange, errors);
    return { ...answer, errors };
  };
  return makeServer<Record<string, unknown>, Connection>({
    onConnect: ({ connectionParams, extra }) => connect(options, extra, connectionParams?.authorization),
    execute: run("execute"),
    subscribe: run("subscribe"),
    onSubscribe: ({ extra }, id, payload) => prepare(extra, id, payload),
    onError: (_context, _id, _payload, errors) => errors.map((error) => toGraphQLError(error).toJSON()),
    onComplete: ({ extra }, id, payload) => {
      const operation = extra.operations.get(id);
      if (operation?.payload === payload) operation.end(true);
    },
  });
}

/** Lets somebody in, for as long as their token holds; else closes the socket, and says why. */
async function connect(options: SocketOptions, connection: Connection, said: unknown): Promise<boolean> {
  const refuse = (reason: string) => connection.close(CloseCode.Forbidden, reason);
  const authenticate = async () =>
    options.authenticate(connection.request, typeof said === "string" ? readBearer(said) : undefined);
  try {
    const authenticated = await authenticate();
    // Of whoever has left meanwhile nobody would say so any more.
    if (!connection.isOpen()) return false;
    connection.authenticated = authenticated;
    connection.onClose = watchAuthentication(authenticated, authenticate, refuse);
    return true;
  } catch (error) {
    if (!(error instanceof VitrineError) || !error.exposed) throw error;
    options.metrics.error(error.code, 1);
    if (isRefusal(error)) options.noteRefusal(error.code, connection.request);
    refuse(error.message);
    return false;
  }
}

/** As much of a text as fits, in whole characters. */
const cutReason = (text: string): string =>
  text.slice(0, new TextEncoder().encodeInto(text, new Uint8Array(MOST_REASON)).read);
