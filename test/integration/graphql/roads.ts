import { createClient as createWsClient } from "graphql-ws";
import WebSocket from "ws";
import type { Answer } from "./gateway.ts";

/** What a client sends: a text, or what names one. */
export type Sent = Readonly<Record<string, unknown>>;

const asJson = { "content-type": "application/json" };
const post = async (url: string, body: Sent, accept = "application/json") =>
  (await fetch(url, { method: "POST", headers: { ...asJson, accept }, body: JSON.stringify(body) })).text();

/** Every way by which a text reaches a gateway, and what it answers. */
export const roads: Readonly<Record<string, (url: string, body: Sent) => Promise<Answer>>> = {
  "a post": async (url, body) => JSON.parse(await post(url, body)) as Answer,
  "the newer media type": async (url, body) =>
    JSON.parse(await post(url, body, "application/graphql-response+json")) as Answer,
  "an address": async (url, body) => {
    const given = Object.entries(body).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const response = await fetch(`${url}?${new URLSearchParams(Object.fromEntries(given))}`);
    return (await response.json()) as Answer;
  },
  "an event stream": async (url, body) => {
    const text = await post(url, body, "text/event-stream");
    const [, data] = /^data: ?(\{.*)$/m.exec(text) ?? [];
    return JSON.parse(data ?? text) as Answer;
  },
  "a WebSocket": async (url, { query = "", ...body }) => {
    const client = createWsClient({
      url: url.replace("http", "ws"),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    try {
      return await new Promise<Answer>((resolve) => {
        client.subscribe(
          { query: String(query), ...body },
          {
            next: (answer) => resolve(answer as Answer),
            // Of what never ran, the protocol answers the errors alone.
            error: (errors) => resolve({ errors } as Answer),
            complete: () => undefined,
          },
        );
      });
    } finally {
      await client.dispose();
    }
  },
  "a file": async (url, body) => {
    const text = await post(url, body, "application/x-ndjson");
    const rows = text
      .trim()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Answer);
    return rows[0] && "errors" in rows[0] ? rows[0] : { data: { rows } };
  },
};
