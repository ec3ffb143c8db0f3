import type { ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import type { Departure } from "./departure.ts";
import { sendJson } from "./http-server.ts";

/** What a process tells those who watch it. */
export interface Probes {
  readonly registry: Registry;
  /** Why what this process is for cannot be done yet; null when it can (the first rebuild is complete). */
  readonly readiness: () => Promise<string | null>;
  /** Why no request should be sent here; null when some store answers. */
  readonly serving: () => Promise<string | null>;
  readonly departure: Departure;
}

/** Answers `/healthz`, `/readyz`, `/servez` and `/metrics`; false for every other path, which is left alone. */
export async function answerProbe(
  path: string | undefined,
  response: ServerResponse,
  { registry, readiness, serving, departure }: Probes,
): Promise<boolean> {
  switch (path) {
    case "/healthz":
      sendJson(response, 200, { status: "ok" });
      return true;
    case "/readyz":
    case "/servez": {
      const look = path === "/readyz" ? readiness : serving;
      const [good, bad] = path === "/readyz" ? ["ready", "not ready"] : ["serving", "not serving"];
      const reason = departure.isLeaving()
        ? "It was told to stop."
        : await look().catch((error: unknown) => String(error));
      if (reason === null) sendJson(response, 200, { status: good });
      else sendJson(response, 503, { status: bad, reason });
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
