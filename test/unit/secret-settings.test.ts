import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configSchema, readConfig } from "../../src/config.ts";
import { secretNames } from "../../src/secret-settings.ts";

let folder: string;
const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
};
const problemsOf = (env: Readonly<Record<string, string>>): readonly string[] => {
  try {
    readConfig(env);
  } catch (error) {
    return (error as { details: { problems: readonly string[] } }).details.problems;
  }
  return [];
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-secrets-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("A secret in a file", () => {
  it("is read as if it stood in its own variable, without the end of its line", () => {
    const url = "mariadb://shop:p%40ss@db.example:3306/shop";
    const plain = {
      MARIADB_URL: url,
      MONGODB_URL: "mongodb://m:secret@mongo.example/shop",
      AWS_ACCESS_KEY_ID: "id",
    };
    const env = {
      MARIADB_URL_FILE: write("maria", `${url}\n`),
      MONGODB_URL_FILE: write("mongo", `${plain.MONGODB_URL}\r\n`),
      AWS_ACCESS_KEY_ID: "id",
      AWS_SECRET_ACCESS_KEY_FILE: write("aws", "of the bucket"),
      VITRINE_EXPLAIN_FILE: write("explain", "a key of twenty characters"),
    };
    const expected = {
      AWS_SECRET_ACCESS_KEY: "of the bucket",
      VITRINE_EXPLAIN: "a key of twenty characters",
    };
    expect(readConfig(env)).toEqual(readConfig({ ...plain, ...expected }));
    expect(readConfig(env).mariadbReaderUrl).toBe(url);
  });

  it("may be any secret setting", () => {
    expect(secretNames.length).toBeGreaterThan(8);
    for (const name of secretNames)
      expect(problemsOf({ [`${name}_FILE`]: "/nowhere/at/all" })).toEqual([
        `${name}_FILE: names the file /nowhere/at/all, which cannot be read (ENOENT)`,
      ]);
  });

  it("is named as no other setting is: what ends so is the file of a secret", () => {
    const named = Object.keys(configSchema.shape).filter((name) => name.endsWith("_FILE"));
    expect(named.sort()).toEqual(secretNames.map((name) => `${name}_FILE`).sort());
  });

  it("may be whatever hides its value in an address: those of chats' webhooks are their tokens", () => {
    const webhook = "https://chat.example/hooks/T0/B0/tell-nobody";
    const env = { VITRINE_ALERT_SECRET: "a secret of at least 16 characters" };
    const read = readConfig({ ...env, VITRINE_ALERT_WEBHOOK_FILE: write("webhook", `${webhook}\n`) });
    expect(read.alerts.webhook).toBe(webhook);
  });

  it("is refused beside its variable, empty, too long, or wrong, and never told", () => {
    const secret = "postgres://root:tell-nobody@db/shop";
    expect(
      problemsOf({ MARIADB_URL: "mariadb://a/b", MARIADB_URL_FILE: write("both", "mariadb://c/d") }),
    ).toEqual(["MARIADB_URL_FILE: is set beside MARIADB_URL: leave one out"]);
    expect(problemsOf({ MONGODB_URL_FILE: write("empty", "\n") })).toEqual([
      expect.stringMatching(/^MONGODB_URL_FILE: .* which is empty$/),
    ]);
    expect(problemsOf({ MONGODB_URL_FILE: write("long", "x".repeat(70_000)) })).toEqual([
      expect.stringMatching(/^MONGODB_URL_FILE: .* which is longer than 65536 bytes$/),
    ]);
    const problems = problemsOf({ MARIADB_READER_URL_FILE: write("wrong", secret) });
    expect(problems).toEqual([expect.stringMatching(/^MARIADB_READER_URL: must be a URL/)]);
    expect(problems.join()).not.toContain("tell-nobody");
  });

  it("keeps problems of other settings in the same answer", () => {
    expect(problemsOf({ MONGODB_URL_FILE: folder, PORT: "seven" })).toEqual([
      expect.stringMatching(/^MONGODB_URL_FILE: .*EISDIR/),
      expect.stringMatching(/^PORT: /),
    ]);
  });
});
