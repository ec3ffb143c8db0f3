import { createServer } from "node:http";
import type { Logger } from "../log.ts";
import { drainServer } from "./drain-server.ts";
import { listen, sendError } from "./http-server.ts";
import { answerProbe, type Probes } from "./probes.ts";

const CLOSE_MS = 2000;

export interface ProbeServer {
  /** Without a path. */
  readonly origin: string;
  close(): Promise<void>;
}

/** A server for a process that has no other: `/healthz`, `/readyz`, `/metrics`. @throws VitrineError PORT_IN_USE */
export async function serveProbes(
  options: Probes & { readonly host: string; readonly port: number; readonly logger: Logger },
): Promise<ProbeServer> {
  const server = createServer((request, response) => {
    answerProbe(request.url?.split("?", 1)[0], response, options)
      .then((isAnswered) => {
        if (!isAnswered)
          sendError(response, 404, "USAGE", "There is nothing here. Ask for /healthz, /readyz or /metrics.");
      })
      .catch((error: unknown) => {
        options.logger.error({ err: error }, "request failed");
        if (response.headersSent) response.destroy();
        else sendError(response, 500, "INTERNAL", "An internal error occurred.");
      });
  });
  const drain = drainServer(server, CLOSE_MS);
  const { origin } = await listen(server, options.host, options.port);
  return { origin, close: drain };
}
