import { EncryptJWT, SignJWT } from "jose";
import { expect, test } from "vitest";
import { createSessions } from "../../../src/access/sessions.ts";

/** What a browser on this machine sends. */
const asks = (cookie?: string) => ({
  method: "POST",
  headers: { host: "127.0.0.1:4000", "sec-fetch-site": "same-origin", ...(cookie && { cookie }) },
});
const secret = "thirty-two characters, or some more";
const start = Date.parse("2026-05-02T10:00:00Z");

/** Sessions by a clock that is set. */
function open(settings: { secret?: string; hours?: number } = {}) {
  let at = start;
  const sessions = createSessions({ secret, hours: 12, ...settings }, () => at);
  return {
    ...sessions,
    begin: async (token: string) => (await sessions.begin(token, asks())).split(";", 1)[0] ?? "",
    open: (cookie?: string) => sessions.open(asks(cookie)),
    leap: (hours: number) => {
      at += hours * 3_600_000;
    },
  };
}

test("a session has what its visitor signed in with, which its cookie does not show", async () => {
  const sessions = open();
  const cookie = await sessions.begin("vitrine_key");
  expect(cookie).toMatch(/^vitrine_session=[\w.-]+$/);
  const told = cookie
    .split("=")[1]
    ?.split(".")
    .map((part) => Buffer.from(part, "base64url").toString("latin1"));
  expect(`${cookie} ${told}`).not.toContain("vitrine_key");
  expect(await sessions.open(cookie)).toEqual({ token: "vitrine_key", expiresAt: start + 12 * 3_600_000 });
  expect(await sessions.begin("vitrine_key")).not.toBe(cookie);
  expect(await sessions.open()).toBeUndefined();
});

test("a session ends after its hours, whoever still has the cookie", async () => {
  const sessions = open({ hours: 2 });
  const cookie = await sessions.begin("vitrine_key");
  sessions.leap(1.9);
  expect((await sessions.open(cookie))?.token).toBe("vitrine_key");
  sessions.leap(0.2);
  await expect(sessions.open(cookie)).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
    message: "Your session has ended. Sign in again.",
  });
});

test("a gateway that has the same secret opens it, and no other", async () => {
  const cookie = await open().begin("vitrine_key");
  expect((await open().open(cookie))?.token).toBe("vitrine_key");
  await expect(open({ secret: `${secret}!` }).open(cookie)).rejects.toThrow("has ended");
  const own = createSessions({ secret: undefined, hours: 1 });
  const [drawn = ""] = (await own.begin("vitrine_key", asks())).split(";", 1);
  expect((await own.open(asks(drawn)))?.token).toBe("vitrine_key");
  await expect(createSessions({ secret: undefined, hours: 1 }).open(asks(drawn))).rejects.toThrow(
    "has ended",
  );
});

test.each<readonly [string, (sealed: string) => string | Promise<string>]>([
  ["the key itself", () => "vitrine_key"],
  [
    "a session of which a letter differs",
    (sealed) => sealed.replace(/.(?=.{30}$)/, (c) => (c === "A" ? "B" : "A")),
  ],
  ["one without an end", (sealed) => sealed.slice(0, -4)],
  [
    "a token that somebody signed with the secret",
    () =>
      new SignJWT({ token: "x" })
        .setProtectedHeader({ alg: "HS256" })
        .setExpirationTime("1h")
        .sign(Buffer.from(secret)),
  ],
  [
    "one that is sealed with the secret's own bytes",
    () =>
      new EncryptJWT({ token: "x" })
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .setExpirationTime("1h")
        .encrypt(Buffer.from(secret).subarray(0, 32)),
  ],
])("%s is no session", async (_what, forge) => {
  const sessions = open();
  const [, sealed = ""] = (await sessions.begin("vitrine_key")).split("=");
  await expect(sessions.open(`vitrine_session=${await forge(sealed)}`)).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
  });
});

test("what no browser would keep is refused, with what to do", async () => {
  const sessions = open();
  expect((await sessions.begin("x".repeat(2800))).length).toBeLessThan(4096);
  await expect(sessions.begin("x".repeat(3200))).rejects.toThrow(/too long .*Authorization/);
});
