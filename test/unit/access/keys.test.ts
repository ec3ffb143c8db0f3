import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openIdentify } from "../../../src/access/identify.ts";
import { addKey, createKeyReader, readKeys, revokeKey } from "../../../src/access/keys.ts";
import { readConfig } from "../../../src/config.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-keys-"));
  file = join(folder, "deep", "keys.json");
});
afterEach(() => rm(folder, { recursive: true }));

const ann = { name: "ann", role: "customer", claims: { customer_id: 7 }, expires: null };

test("a key is told once, and kept as a hash in a file that only its owner reads", async () => {
  const key = await addKey(file, ann);
  expect(key).toMatch(/^vitrine_[\w-]{43}$/);
  expect(await readFile(file, "utf8")).not.toContain(key.slice(8));
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, "deep"))).mode & 0o777).toBe(0o700);
  const principal = await createKeyReader(file)(key);
  expect(principal).toEqual({ name: "ann", role: "customer", claims: { customer_id: 7 }, expiresAt: null });
});

test("nobody is known by another key, by a hash, or by one that was revoked or has ended", async () => {
  let at = Date.parse("2026-05-02T10:00:00Z");
  const key = await addKey(file, ann);
  const short = await addKey(file, { ...ann, name: "bob", expires: "2026-05-02T10:01:00Z" });
  const read = createKeyReader(file, () => at);
  const [entry] = await readKeys(file);
  for (const other of ["", "vitrine_", `${key}x`, key.slice(0, -1), entry?.sha256 ?? ""])
    await expect(read(other)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect(await read(short)).toMatchObject({ name: "bob", expiresAt: at + 60_000 });
  at += 60_000;
  await expect(read(short)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await revokeKey(file, "ann");
  at += 501;
  await expect(read(key)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

test("names are given once, and what is not there is not revoked", async () => {
  await addKey(file, ann);
  await expect(addKey(file, ann)).rejects.toMatchObject({ code: "USAGE" });
  await expect(revokeKey(file, "nobody")).rejects.toMatchObject({ code: "USAGE" });
  expect((await readKeys(file)).map(({ name }) => name)).toEqual(["ann"]);
});

test("of those who change the file at once, none is lost in silence", async () => {
  const names = Array.from({ length: 8 }, (_, index) => `user${index}`);
  const outcomes = await Promise.allSettled(names.map((name) => addKey(file, { ...ann, name })));
  const made = outcomes.flatMap(({ status }, index) => (status === "fulfilled" ? [names[index]] : []));
  expect(made.length).toBeGreaterThan(0);
  expect((await readKeys(file)).map(({ name }) => name).sort()).toEqual(made.sort());
});

test("a file that is no file of keys lets nobody in", async () => {
  const key = await addKey(file, ann);
  await writeFile(file, "{");
  await expect(createKeyReader(file)(key)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  // Nor does a server start with it.
  const { auth } = readConfig({ VITRINE_AUTH: "keys", VITRINE_KEYS: file });
  const here = { host: "127.0.0.1", allowedHosts: [], proxies: 0 };
  await expect(openIdentify(auth, here, new Set(["customer"]))).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("is no file of keys"),
  });
});

test("nobody is asked on this machine only, unless that is said in so many words", async () => {
  const settings = (env: Record<string, string>) => readConfig(env).auth;
  const roles = new Set(["customer"]);
  const here = { host: "127.0.0.1", allowedHosts: [], proxies: 0 };
  const everywhere = { ...here, host: "0.0.0.0" };
  expect(await openIdentify(settings({}), here, roles)).toBeUndefined();
  const own = { ...here, allowedHosts: ["localhost", "127.0.0.2"] };
  expect(await openIdentify(settings({}), own, roles)).toBeUndefined();
  for (const reached of [
    ...["0.0.0.0", "::", "192.168.1.7", "db.example"].map((host) => ({ ...here, host })),
    ...["shop.example", "*", ".local"].map((name) => ({ ...here, allowedHosts: ["localhost", name] })),
    { ...here, proxies: 1 },
  ]) {
    await expect(openIdentify(settings({}), reached, roles)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("VITRINE_AUTH"),
    });
    expect(await openIdentify(settings({ VITRINE_AUTH: "none" }), reached, roles)).toBeUndefined();
  }
  const keys = settings({ VITRINE_AUTH: "keys", VITRINE_KEYS: file });
  expect(await openIdentify(keys, everywhere, roles)).toBeTypeOf("function");
  await expect(openIdentify(keys, everywhere, new Set())).rejects.toThrow(/declares no role/);
});

test("settings of tokens are told what they lack, and take no shared secrets", () => {
  const problems = (env: Record<string, string>) => {
    try {
      readConfig(env);
      return [];
    } catch (error) {
      return (error as { details: { problems: string[] } }).details.problems;
    }
  };
  expect(problems({ VITRINE_AUTH: "jwt" })).toHaveLength(3);
  expect(problems({ VITRINE_JWT_ALGORITHMS: "RS256,HS256" })).toEqual([
    expect.stringContaining("VITRINE_JWT_ALGORITHMS"),
  ]);
  expect(problems({ VITRINE_JWT_KEYS: "http://login.example/keys" })).toEqual([
    expect.stringContaining("https://"),
  ]);
  expect(problems({ VITRINE_JWT_KEYS: "https://login.example/keys" })).toEqual([]);
});
