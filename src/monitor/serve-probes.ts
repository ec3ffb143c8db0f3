import type { Logger } from "../log.ts";
import type { HostRule } from "./allowed-hosts.ts";
import { drainServer } from "./drain-server.ts";
import { createGuardedServer, listen, sendError } from "./http-server.ts";
import { answerProbe, type Probes } from "./probes.ts";

const CLOSE_MS = 2000;

export interface ProbeServer {
  /** Without a path. */
  readonly origin: string;
  close(): Promise<void>;
}

export interface ProbeOptions extends Probes {
  readonly host: string;
  readonly port: number;
  readonly hosts: HostRule;
  readonly logger: Logger;
}

/** A server for a process that has no other: `/healthz`, `/readyz`, `/servez`, `/metrics`. @throws VitrineError PORT_IN_USE */
export async function serveProbes(options: ProbeOptions): Promise<ProbeServer> {
  const server = createGuardedServer(async (request, response) => {
    if (await answerProbe(request.url?.split("?", 1)[0], response, options)) return;
    sendError(
      response,
      404,
      "USAGE",
      "There is nothing here. Ask for /healthz, /readyz, /servez or /metrics.",
    );
  }, options);
  const drain = drainServer(server, CLOSE_MS, options.departure);
  const { origin } = await listen(server, options);
  return { origin, close: drain };
}
