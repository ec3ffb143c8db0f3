import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { GraphQLError } from "graphql";
import type { SubscribePayload } from "graphql-ws";
import { useServer } from "graphql-ws/use/ws";
import { type WebSocket, WebSocketServer } from "ws";
import { toGraphQLError } from "./graphql-errors.ts";
import { type Exchange, reportErrors } from "./report-answers.ts";
import { type createGateway, type GatewayOptions, MAX_BODY_BYTES } from "./yoga.ts";

type Gateway = ReturnType<typeof createGateway>;
type Executors = Pick<ReturnType<Gateway["getEnveloped"]>, "execute" | "subscribe">;
/** What to call when an operation ends, by its id. */
type Operations = Map<string, (finished: boolean) => void>;

/**
 * Answers the graphql-ws protocol on `/graphql` of `server`, through the gateway's own plugins.
 * @returns closes all sockets, telling their clients
 */
export function serveWebSockets(
  server: Server,
  gateway: Gateway,
  options: GatewayOptions,
): () => Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_BODY_BYTES });
  const connections = new WeakMap<WebSocket, Operations>();
  server.on("upgrade", (request, socket, head) => {
    if (request.url?.split("?", 1)[0] !== "/graphql" || isForeign(request)) {
      socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const operations: Operations = new Map();
      connections.set(opened, operations);
      opened.once("close", () => {
        for (const end of operations.values()) end(false);
      });
      sockets.emit("connection", opened, request);
    });
  });

  const prepare = async (
    socket: WebSocket,
    id: string,
    payload: SubscribePayload,
    request: IncomingMessage,
  ) => {
    const { query, variables, operationName } = payload;
    const exchange: Exchange = { requestId: randomUUID(), operation: undefined, codes: [] };
    const onEnd = (end: (finished: boolean) => void) => void connections.get(socket)?.set(id, end);
    const state = { req: request, exchange, onEnd };
    const { schema, parse, validate, contextFactory, execute, subscribe } = gateway.getEnveloped(state);
    const refuse = (errors: readonly GraphQLError[]) => {
      reportErrors(options, exchange, errors);
      return errors;
    };
    try {
      const document = parse(query);
      const problems: readonly GraphQLError[] = validate(schema, document);
      if (problems.length > 0) return refuse(problems.map(toGraphQLError));
      const contextValue = await contextFactory();
      const rootValue: Executors = { execute, subscribe };
      return { schema, document, variableValues: variables, operationName, contextValue, rootValue };
    } catch (error) {
      return refuse([toGraphQLError(error)]);
    }
  };

  const running = useServer(
    {
      // `prepare` puts the executors of the operation there.
      execute: (args) => (args.rootValue as Executors).execute(args),
      subscribe: (args) => (args.rootValue as Executors).subscribe(args),
      onSubscribe: ({ extra }, id, payload) => prepare(extra.socket, id, payload, extra.request),
      onComplete({ extra }, id) {
        const operations = connections.get(extra.socket);
        operations?.get(id)?.(true);
        operations?.delete(id);
      },
    },
    sockets,
  );
  return async () => {
    await running.dispose();
  };
}

/** A page of another site may open a socket in the name of its visitor: no rule of browsers forbids it. */
function isForeign({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return false;
  return !URL.canParse(headers.origin) || new URL(headers.origin).host !== headers.host;
}
