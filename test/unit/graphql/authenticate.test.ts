import { expect, test } from "vitest";
import { createIdentify } from "../../../src/access/identify.ts";
import { createSessions } from "../../../src/access/sessions.ts";
import { createAuthentication } from "../../../src/graphql/authenticate.ts";
import type { RoleGateways } from "../../../src/graphql/role-gateways.ts";

/** Which gateway serves whom is not asked here. */
const gateways = { of: async () => ({}) } as unknown as RoleGateways;
const HOUR = 3_600_000;
const start = Date.parse("2026-05-02T10:00:00Z");

/** Lets in by a session of two hours that somebody began with a key that ends when it is said. */
async function enter(keyEnds: number | null) {
  const sessions = createSessions({ secret: "a secret that is long enough for it", hours: 2 }, () => start);
  const identify = createIdentify(
    async (name) => ({ name, role: "clerk", claims: {}, expiresAt: keyEnds }),
    new Set(["clerk"]),
  );
  const headers = { host: "127.0.0.1", "sec-fetch-site": "same-origin" };
  const [cookie = ""] = (await sessions.begin("ann", { method: "POST", headers })).split(";", 1);
  const authenticate = createAuthentication(gateways, identify, sessions);
  return (more: object, given?: string) =>
    authenticate(
      { method: "POST", headers: { ...headers, ...more } } as Parameters<typeof authenticate>[0],
      given,
    ).then(({ principal }) => ({ ...principal, cookie }));
}

test("whoever comes by a session stays no longer than it, nor than the key that began it", async () => {
  for (const [keyEnds, ends] of [
    [null, start + 2 * HOUR],
    [start + HOUR, start + HOUR],
    [start + 9 * HOUR, start + 2 * HOUR],
  ] as const) {
    const come = await enter(keyEnds);
    const { cookie } = await come({ authorization: "Bearer ann" });
    expect(await come({ cookie })).toMatchObject({ name: "ann", expiresAt: ends });
  }
});

test("who says who they are themselves is that, whatever session their browser has", async () => {
  const come = await enter(null);
  const { cookie } = await come({ authorization: "Bearer ann" });
  expect(await come({ cookie, authorization: "Bearer bob" })).toMatchObject({ name: "bob", expiresAt: null });
  expect(await come({ cookie }, "eve")).toMatchObject({ name: "eve", expiresAt: null });
});

test("a session is asked for nothing where nobody has one", async () => {
  const come = await enter(null);
  await expect(come({})).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});
