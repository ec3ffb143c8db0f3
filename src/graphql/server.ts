import type { IncomingMessage, ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import { type Identify, identifyNobody } from "../access/identify.ts";
import { createSessions, defaultSessions, type SessionSettings } from "../access/sessions.ts";
import { extend } from "../extend.ts";
import type { FileLimits } from "../file-settings.ts";
import { withoutRedaction } from "../log.ts";
import type { HostRule } from "../monitor/allowed-hosts.ts";
import { createOriginRule, type OriginRule } from "../monitor/allowed-origins.ts";
import { createDeparture, type Departure } from "../monitor/departure.ts";
import { drainServer } from "../monitor/drain-server.ts";
import { createGuardedServer, listen, sendError } from "../monitor/http-server.ts";
import { answerProbe, type Probes } from "../monitor/probes.ts";
import { shareReads } from "../stores/share-reads.ts";
import { createAnswers } from "./answer-request.ts";
import { createAuthentication, isRefusal, keepPrivate, refuseUnknown } from "./authenticate.ts";
import { isExport } from "./files/read-export-address.ts";
import { createRefusalLog } from "./note-refusals.ts";
import { createRoleGateways, type RoleGatewayOptions } from "./role-gateways.ts";
import { createSignIn, sendToSignIn } from "./sign-in.ts";
import type { TrustedDocuments } from "./trusted-documents.ts";
import { serveWebSockets } from "./websocket.ts";
import { createShared } from "./yoga.ts";

/** How long `close()` waits for requests that are being answered. */
const CLOSE_MS = 10_000;

export interface ServerOptions extends RoleGatewayOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The names that it goes by. */
  readonly hosts: HostRule;
  /** Pages of which other sites may use it; default: none. */
  readonly origins?: OriginRule;
  /** Why the server cannot answer yet; null when it can (the first rebuild is complete). */
  readonly readiness: () => Promise<string | null>;
  /** Why no request should be sent here; default: some store answers always. */
  readonly serving?: () => Promise<string | null>;
  /** How it leaves its balancers when it is closed; default: at once. */
  readonly departure?: Departure;
  /** Documents that clients may name by their hash without having sent them; default: none. */
  readonly trusted?: TrustedDocuments;
  /** Whether probes and metrics are here, too; default: they are. */
  readonly hasProbes?: boolean;
  readonly files: FileLimits;
  /** Who asks. Default: nobody is asked. */
  readonly identify?: Identify;
  /** How browsers stay signed in; default: for a working day, with this process. */
  readonly sessions?: SessionSettings;
}

export interface Server {
  /** Address of GraphiQL and of the endpoint. */
  readonly url: string;
  readonly port: number;
  /** Of `/metrics`: whoever runs in this process adds what it counts. */
  readonly registry: Registry;
  /** Leaves its balancers, takes no more requests, lets those under way finish (at most 10 s), then frees the port. */
  close(): Promise<void>;
}

/**
 * Starts the HTTP server: `/graphql` (GraphiQL for browsers), the other pages, `/healthz`, `/readyz`, `/servez`, `/metrics`.
 * @throws VitrineError PORT_IN_USE
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const stores = { live: shareReads(options.stores.live), mirror: shareReads(options.stores.mirror) };
  const { origins = createOriginRule([]), identify, hasProbes = true } = options;
  const { departure = createDeparture(0), serving = async () => null } = options;
  const shared = createShared(options.trusted);
  const gateways = createRoleGateways({ ...options, stores }, shared);
  const sessions = identify && createSessions(options.sessions ?? defaultSessions);
  const authenticate = createAuthentication(gateways, identify ?? identifyNobody, sessions);
  const signIn = sessions && createSignIn(identify, sessions, options.title ?? "Vitrine");
  const { registry } = options.metrics;
  const probes = { registry, readiness: options.readiness, serving, departure };
  const quietProbes = toQuietProbes(probes);
  const answerLog = withoutRedaction(options.logger);
  const answer = createAnswers({ ...options, answerLog }, shared.persisted, authenticate);
  const noteRefusal = createRefusalLog(options);
  const fault = gateways.whole.pages.findFault();
  if (fault !== null) options.logger.warn(fault);

  const handle = async (request: IncomingMessage, response: ServerResponse, requestId: string) => {
    const path = request.url?.split("?", 1)[0];
    const isData = path === "/graphql" || isExport(path);
    if (isData && origins.answer(request, response)) return;
    try {
      if (signIn && !isData) {
        if (await signIn.answer(path, request, response)) return;
        if (hasProbes && path !== "/metrics" && (await answerProbe(path, response, quietProbes))) return;
      }
      const authenticated = await authenticate(request);
      if (signIn) keepPrivate(response);
      if (await answer(extend(authenticated, { path, requestId }), request, response)) return;
      if (hasProbes && authenticated.served.readsMetrics && (await answerProbe(path, response, probes)))
        return;
      sendError(response, 404, "USAGE", "There is nothing here. The endpoint is /graphql.");
    } catch (error) {
      if (isRefusal(error)) noteRefusal(error.code, request);
      if (signIn && sendToSignIn(error, request, response)) return;
      if (!refuseUnknown(error, response)) throw error;
      options.metrics.error(error.code, 1);
    }
  };

  const server = createGuardedServer(handle, options);
  const drain = drainServer(server, CLOSE_MS, departure);
  const closeSockets = serveWebSockets(server, {
    ...options,
    ...{ authenticate, noteRefusal, origins, persisted: shared.persisted, answerLog },
  });
  const { port, origin } = await listen(server, options);

  return {
    port,
    url: `${origin}/graphql`,
    registry,
    async close() {
      await departure.begin();
      await closeSockets();
      await drain();
    },
  };
}

/** Whoever nobody knows is told whether the server is ready, and of nothing by its name. */
const toQuietProbes = ({ readiness, serving, ...rest }: Probes): Probes => ({
  ...rest,
  readiness: async () => ((await readiness()) === null ? null : "The log says why."),
  serving: async () => ((await serving()) === null ? null : "The log says why."),
});
