import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createIdentify, type Identify } from "../../../src/access/identify.ts";
import { createTokenReader } from "../../../src/access/tokens.ts";
import type { JwtSettings } from "../../../src/auth-settings.ts";

/** A Saturday, so that no test waits. */
const now = Date.parse("2026-05-02T10:00:00Z");
const seconds = now / 1000;
const roles = new Set(["customer", "admin"]);
const whole = { sub: "ann", iss: "https://login.example", aud: "shop", role: "customer", exp: seconds + 60 };

let folder: string;
let pair: Awaited<ReturnType<typeof generateKeyPair>>;
let settings: JwtSettings;
let identify: Identify;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-jwks-"));
  pair = await generateKeyPair("ES256", { extractable: true });
  const keys = join(folder, "keys.json");
  const key = await exportJWK(pair.publicKey);
  await writeFile(keys, JSON.stringify({ keys: [{ ...key, kid: "one", alg: "ES256", use: "sig" }] }));
  settings = {
    ...{ keys, issuer: whole.iss, audience: "shop", algorithms: ["ES256", "RS256"] },
    ...{ clockSeconds: 5, rolePath: "role", claimsPath: "" },
  };
  identify = await open({});
});
afterAll(() => rm(folder, { recursive: true }));

const open = async (changes: Partial<JwtSettings>, at = now): Promise<Identify> =>
  createIdentify(await createTokenReader({ ...settings, ...changes }, roles, () => at), roles);

const sign = (
  claims: Readonly<Record<string, unknown>>,
  header: object = {},
  key: CryptoKey = pair.privateKey,
) => new SignJWT(claims as JWTPayload).setProtectedHeader({ alg: "ES256", kid: "one", ...header }).sign(key);

const asBearer = (token: string) => ({ method: "POST", headers: { authorization: `Bearer ${token}` } });
const read = async (token: string, by = identify) => by(asBearer(token));
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

test("a token says who asks, in which role, with which claims, and until when", async () => {
  const principal = await read(await sign({ ...whole, customer_id: 7 }));
  expect(principal).toMatchObject({ name: "ann", role: "customer", expiresAt: now + 65_000 });
  expect(principal.claims).toMatchObject({ customer_id: 7 });
});

test.each<readonly [string, Readonly<Record<string, unknown>>, RegExp]>([
  ["has ended", { exp: seconds - 6 }, /has ended/],
  ["has no end", { exp: undefined }, /exp/],
  ["holds only later", { nbf: seconds + 6 }, /nbf/],
  ["is of another issuer", { iss: "https://evil.example" }, /iss/],
  ["is for somebody else", { aud: "warehouse" }, /aud/],
  ["is for nobody", { aud: undefined }, /aud/],
  ["is nobody's", { sub: undefined }, /sub/],
])("one that %s is refused", async (_what, claims, reason) => {
  await expect(read(await sign({ ...whole, ...claims }))).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
    message: expect.stringMatching(reason),
  });
});

test("clocks may differ by as much as the settings say", async () => {
  expect(await read(await sign({ ...whole, exp: seconds - 4, nbf: seconds + 4 }))).toMatchObject({
    name: "ann",
  });
  const strict = await open({ clockSeconds: 0 });
  await expect(read(await sign({ ...whole, exp: seconds - 4 }), strict)).rejects.toThrow(/has ended/);
});

test("one that nobody signed is refused, whatever it calls that", async () => {
  for (const alg of ["none", "None", "NONE", "nOnE"])
    await expect(read(`${encode({ alg, typ: "JWT" })}.${encode(whole)}.`)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  const [header, , signature] = (await sign(whole)).split(".");
  const forged = `${header}.${encode({ ...whole, role: "admin" })}.${signature}`;
  await expect(read(forged)).rejects.toThrow(/signed by no key/);
});

test("the public key is no secret to sign with", async () => {
  for (const secret of [await exportSPKI(pair.publicKey), JSON.stringify(await exportJWK(pair.publicKey))]) {
    const text = `${encode({ alg: "HS256", kid: "one" })}.${encode(whole)}`;
    const signature = createHmac("sha256", secret).update(text).digest("base64url");
    await expect(read(`${text}.${signature}`)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: expect.stringContaining("VITRINE_JWT_ALGORITHMS"),
    });
  }
});

test("a key that is not known signs for nobody, whatever it is called, and also when the token brings it", async () => {
  const other = await generateKeyPair("ES256", { extractable: true });
  const jwk = await exportJWK(other.publicKey);
  for (const header of [{ kid: "two" }, { kid: "one" }, { kid: "one", jwk }, { kid: undefined, jwk }])
    await expect(read(await sign(whole, header, other.privateKey))).rejects.toThrow(/signed by no key/);
});

test("a token of a megabyte is not parsed", async () => {
  const large = await sign({ ...whole, filler: "x".repeat(1_000_000) });
  await expect(read(large)).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
    message: "The token has more than 16384 characters.",
  });
});

test.each(["", "x", "a.b.c", "..", `${"a".repeat(300)}.${"b".repeat(300)}.c`, "[1]", "héllo"])(
  "what is no token (%s) is told so",
  async (text) => {
    await expect(read(text)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  },
);

test("role and claims are found by their paths, names with dots among them", async () => {
  const nested = await open({
    rolePath: "realm_access.roles",
    claimsPath: "https://shop.example/claims.own",
  });
  const token = await sign({
    ...{ ...whole, role: undefined, realm_access: { roles: ["offline_access", "customer"] } },
    "https://shop.example/claims": { own: { customer_id: 9, deep: { deeper: [1] } } },
  });
  const principal = await read(token, nested);
  expect(principal.role).toBe("customer");
  expect(principal.claims).toEqual({ customer_id: 9, deep: { deeper: [1] } });
});

test.each<readonly [string, unknown, RegExp]>([
  ["none", undefined, /no role of this project at role/],
  ["one that nobody declares", "root", /no role of this project/],
  ["one by the name of what every object has", "constructor", /no role of this project/],
  ["a number", 1, /no role of this project/],
  ["an object", { customer: true }, /no role of this project/],
  ["two", ["customer", "admin"], /several roles of this project at role: customer, admin/],
])("of roles it has %s: refused", async (_what, role, reason) => {
  await expect(read(await sign({ ...whole, role }))).rejects.toMatchObject({
    code: "FORBIDDEN",
    message: expect.stringMatching(reason),
  });
});

test("claims that are no object are refused", async () => {
  const nested = await open({ claimsPath: "shop" });
  for (const shop of [["a"], "text", 7])
    await expect(read(await sign({ ...whole, shop }), nested)).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect((await read(await sign(whole), nested)).claims).toEqual({});
});

test("one that was believed is not believed beyond its end", async () => {
  let at = now;
  const reader = createIdentify(await createTokenReader(settings, roles, () => at), roles);
  const token = await sign(whole);
  await read(token, reader);
  at = now + 64_000;
  expect(await read(token, reader)).toMatchObject({ name: "ann" });
  at = now + 66_000;
  await expect(read(token, reader)).rejects.toThrow(/has ended/);
});

test("keys come from an address, are fetched once, and one that is away is no fault of the token's", async () => {
  let fetched = 0;
  const key = { ...(await exportJWK(pair.publicKey)), kid: "one", alg: "ES256" };
  const server = createServer((_request, response) => {
    fetched += 1;
    response.end(JSON.stringify({ keys: [key] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  const byAddress = await open({ keys: address });
  for (const sub of ["ann", "bob", "eve"])
    expect(await read(await sign({ ...whole, sub }), byAddress)).toMatchObject({ name: sub });
  expect(fetched).toBe(1);
  await new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await expect(read(await sign(whole), await open({ keys: address }))).rejects.toMatchObject({
    code: "UNAUTHENTICATED",
    details: { isPassing: true },
  });
});
