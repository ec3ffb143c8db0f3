import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { createExplainRule } from "../../../src/graphql/explain-rule.ts";
import { createHostRule } from "../../../src/monitor/allowed-hosts.ts";
import { createOriginRule } from "../../../src/monitor/allowed-origins.ts";
import { openHttpsProxy } from "../../support/https-proxy.ts";
import { makeCertificate } from "../../support/make-certificate.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";

const NAME = "shop.example";
let folder: string;
let gateway: TestGateway;
let proxy: Awaited<ReturnType<typeof openHttpsProxy>>;
let ca: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-https-"));
  const certificate = makeCertificate(folder, "proxy", NAME);
  ca = readFileSync(certificate.cert);
  gateway = await openTestGateway({
    hosts: createHostRule("127.0.0.1", [NAME]),
    origins: createOriginRule([]),
    explain: createExplainRule(undefined, "127.0.0.1", async () => null),
  });
  proxy = await openHttpsProxy(Number(new URL(gateway.server.url).port), certificate);
});
afterAll(async () => {
  await proxy?.close();
  await gateway?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As a client elsewhere does: by the name of the certificate. */
const way = () => ({ host: "127.0.0.1", port: proxy.port, servername: NAME, ca });

function send(
  path: string,
  {
    name = NAME,
    body,
    headers = {},
  }: { name?: string; body?: object; headers?: Record<string, string> } = {},
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...way(),
        path,
        method: body ? "POST" : "GET",
        headers: {
          host: `${name}:${proxy.port}`,
          ...(body && { "content-type": "application/json" }),
          ...headers,
        },
      },
      async (response) => {
        let text = "";
        for await (const part of response) text += String(part);
        resolve({ status: response.statusCode ?? 0, text });
      },
    );
    sent.once("error", reject);
    sent.end(body && JSON.stringify(body));
  });
}

test("behind a proxy of HTTPS all is there by its name, and by no other", async () => {
  const body = { query: "{customerConnection(first:1){nodes{customerId}}}" };
  const asked = await send("/graphql", { body, headers: { origin: `https://${NAME}:${proxy.port}` } });
  expect(JSON.parse(asked.text)).toMatchObject({
    data: { customerConnection: { nodes: [{ customerId: 0 }] } },
  });
  const file = await send("/export/customers.csv?fields=customerId");
  expect(file.text.split(/\r?\n/).slice(0, 2)).toEqual(["customerId", "0"]);
  const other = await send("/graphql", { body, name: "rebound.example" });
  expect([other.status >= 400, other.text.includes("rebound.example")]).toEqual([true, true]);
});

test("whom the proxy lets in is no longer taken for somebody on this machine: answers are not explained", async () => {
  const body = { query: "{customer(id:1){lastName}}" };
  const headers = { "x-vitrine-explain": "1" };
  // Even by the name that only this machine has for itself.
  const asked = await send("/graphql", { body, headers, name: "localhost" });
  const direct = await gateway.ask(body.query, {}, headers);
  expect(direct.extensions).toHaveProperty("explain");
  const { extensions } = JSON.parse(asked.text) as { extensions: Record<string, unknown> };
  expect(extensions).not.toHaveProperty("explain");
});

test("a subscription goes through it over WebSocket, from pages of its own name only", async () => {
  const open = (origin: string) =>
    createClient({
      url: `wss://127.0.0.1:${proxy.port}/graphql`,
      retryAttempts: 0,
      webSocketImpl: class extends WebSocket {
        constructor(address: string, protocols: string) {
          // What it hands on to TLS is missing in its types.
          const options: object = {
            servername: NAME,
            ca,
            origin,
            headers: { host: `${NAME}:${proxy.port}` },
          };
          super(address, protocols, options);
        }
      },
    });
  const own = open(`https://${NAME}:${proxy.port}`);
  const answers = own.iterate({ query: "{customer(id:1){customerId}}" });
  expect((await answers.next()).value).toMatchObject({ data: { customer: { customerId: 1 } } });
  await own.dispose();
  const stranger = open("https://elsewhere.example");
  await expect(stranger.iterate({ query: "{__typename}" }).next()).rejects.toBeDefined();
});
