import type { ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import { sendJson } from "./http-server.ts";

/** What a process tells those who watch it. */
export interface Probes {
  readonly registry: Registry;
  /** Why what this process is for cannot be done yet; null when it can (the first rebuild is complete). */
  readonly readiness: () => Promise<string | null>;
}

/** Answers `/healthz`, `/readyz` and `/metrics`; false for every other path, which is left alone. */
export async function answerProbe(
  path: string | undefined,
  response: ServerResponse,
  { registry, readiness }: Probes,
): Promise<boolean> {
  switch (path) {
    case "/healthz":
      sendJson(response, 200, { status: "ok" });
      return true;
    case "/readyz": {
      const reason = await readiness().catch((error: unknown) => String(error));
      if (reason === null) sendJson(response, 200, { status: "ready" });
      else sendJson(response, 503, { status: "not ready", reason });
      return true;
    }
    case "/metrics": {
      const text = await registry.metrics();
      response.writeHead(200, { "content-type": registry.contentType }).end(text);
      return true;
    }
    default:
      return false;
  }
}
