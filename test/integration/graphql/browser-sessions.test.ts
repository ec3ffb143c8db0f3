import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createIdentify } from "../../../src/access/identify.ts";
import { revokeKey } from "../../../src/access/keys.ts";
import { createSessions } from "../../../src/access/sessions.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import type { Access } from "../../../src/models/access.ts";
import { openRoleGateway, type RoleGateway } from "./role-gateway.ts";

const access: Access = { roles: { clerk: { description: "Who sells.", models: { products: true } } } };

let gateway: RoleGateway;
beforeAll(async () => {
  gateway = await openRoleGateway(access);
});
afterAll(() => gateway?.close());

/** Asks as a page of the server does, by its cookie alone. */
const askAsPage = async (cookie: string, url = gateway.server.url, headers: Record<string, string> = {}) => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", cookie, origin: new URL(url).origin, ...headers },
    body: JSON.stringify({ query: "{ __typename }" }),
  });
  return { status: response.status, text: await response.text() };
};

describe("The session of a browser", () => {
  test("lets its visitor in, has nothing of their key in it, and is no key", async () => {
    const clerk = await gateway.as("clerk");
    const cookie = await gateway.signIn(clerk);
    expect((await askAsPage(cookie)).text).toContain('"Query"');
    expect(cookie).not.toContain(clerk.authorization.slice("Bearer ".length));
    const [, session = ""] = cookie.split("=");
    const asKey = { authorization: `Bearer ${session}` };
    expect((await gateway.ask("{ __typename }", asKey)).errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
    // Nor is a key, or a session of another name, a session.
    const name = cookie.split("=", 1)[0];
    expect((await askAsPage(`${name}=${clerk.authorization.slice(7)}`)).status).toBe(401);
    expect((await askAsPage(`vitrine_token=${session}`)).status).toBe(401);
  });

  test("counts for nobody who is no page of the server", async () => {
    const cookie = await gateway.signIn(await gateway.as("clerk"));
    const headers = { "content-type": "application/json", cookie };
    const body = JSON.stringify({ query: "{ __typename }" });
    for (const more of [{}, { origin: "http://evil.example" }, { "sec-fetch-site": "same-site" }]) {
      const response = await fetch(gateway.server.url, {
        method: "POST",
        headers: { ...headers, ...more },
        body,
      });
      expect([more, response.status]).toEqual([more, 401]);
    }
  });

  test("ends with the key that began it", async () => {
    const cookie = await gateway.signIn(await gateway.as("clerk", {}, { name: "leaver" }));
    expect((await askAsPage(cookie)).status).toBe(200);
    await revokeKey(gateway.keysFile, "leaver");
    await expect.poll(async () => (await askAsPage(cookie)).status).toBe(401);
  });

  test("is opened by a gateway beside that has its secret, and by no other", async () => {
    const sessions = { secret: "a secret of two gateways, and no more", hours: 1 };
    const { options } = gateway.open;
    const identify = createIdentify(
      async (token) => ({ name: token, role: "clerk", claims: {}, expiresAt: null }),
      new Set(["clerk"]),
    );
    const serve = (more: object) =>
      createServer({ ...options, metrics: createMetrics(), identify, openRole: gateway.openRole, ...more });
    const [one, other] = [await serve({ sessions }), await serve({})];
    const asked = { method: "POST", headers: { host: "127.0.0.1" } };
    const [cookie = ""] = (await createSessions(sessions).begin("ann", asked)).split(";", 1);
    expect((await askAsPage(cookie, one.url)).status).toBe(200);
    const refused = await askAsPage(cookie, other.url);
    expect(refused.status).toBe(401);
    expect(refused.text).toContain("Your session has ended. Sign in again.");
    await Promise.all([one.close(), other.close()]);
  });

  test("that has ended leads a browser to the page that begins one", async () => {
    const response = await fetch(gateway.server.url.replace("/graphql", "/docs"), {
      headers: { accept: "text/html", cookie: "vitrine_session=old" },
      redirect: "manual",
    });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/sign-in?to=%2Fdocs"]);
  });
});
