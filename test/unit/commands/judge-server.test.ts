import { describe, expect, test } from "vitest";
import { judgeServer, summariseServer } from "../../../src/commands/judge-server.ts";
import type { GaleraFacts, ReplicaFacts, ServerFacts } from "../../../src/stores/mariadb/server-facts.ts";

const alone: ServerFacts = { binlog: null, semiSync: null, replicas: [], galera: null, oddTables: [] };
const replica: ReplicaFacts = {
  source: "db-1:3306",
  isReading: true,
  isApplying: true,
  secondsBehind: 0,
  error: "",
};
const node: GaleraFacts = {
  cluster: "Primary",
  size: 3,
  isReady: true,
  state: "Synced",
  mode: "",
  maxWriteSetBytes: 2 ** 31,
  fragmentSize: 0,
};
const staging = { name: "staging_city", engine: "Aria", hasKey: false };

const problems = (facts: Partial<ServerFacts>) =>
  judgeServer({ ...alone, ...facts })
    .filter(({ ok }) => !ok)
    .map(({ name, detail }) => `${name}: ${detail}`);

describe("A server that keeps the promises has no problem", () => {
  test.each<[string, Partial<ServerFacts>]>([
    ["alone, without a binary log", {}],
    ["whose account may not ask for replicas", { replicas: null }],
    ["with a binary log that is written with every commit", { binlog: { format: "ROW", isSynced: true } }],
    ["with a log in the format MIXED", { binlog: { format: "MIXED", isSynced: true } }],
    ["semi-synchronous, and a replica confirms", { semiSync: { waitPoint: "AFTER_SYNC", isWorking: true } }],
    ["a replica that follows", { replicas: [replica] }],
    ["a node of a cluster", { galera: node }],
    ["alone, with staging tables of Aria", { oddTables: [staging] }],
  ])("%s", (_, facts) => expect(problems(facts)).toEqual([]));
});

describe("What may lose or stop something is a problem, with its remedy", () => {
  test.each<[string, Partial<ServerFacts>, RegExp]>([
    ["STATEMENT", { binlog: { format: "STATEMENT", isSynced: true } }, /set binlog_format to ROW/],
    ["a log that a crash forgets", { binlog: { format: "ROW", isSynced: false } }, /set sync_binlog to 1/],
    ["AFTER_COMMIT", { semiSync: { waitPoint: "AFTER_COMMIT", isWorking: true } }, /AFTER_SYNC/],
    ["nobody confirms", { semiSync: { waitPoint: "AFTER_SYNC", isWorking: false } }, /look at the replicas/],
    [
      "a replica that an error stopped",
      { replicas: [{ ...replica, isApplying: false, secondsBehind: null, error: "Duplicate entry" }] },
      /Duplicate entry; mend that/,
    ],
    [
      "a replica that lost its source",
      { replicas: [{ ...replica, isReading: false, secondsBehind: null }] },
      /does not read from there/,
    ],
    ["a replica far behind", { replicas: [{ ...replica, secondsBehind: 61 }] }, /61 s behind/],
    ["a minority", { galera: { ...node, cluster: "non-Primary", isReady: false } }, /minority/],
    ["a donor", { galera: { ...node, state: "Donor/Desynced" } }, /use another node/],
    [
      "Galera with a table of Aria",
      { galera: node, oddTables: [staging] },
      /staging_city \(Aria, no primary/,
    ],
  ])("%s", (_, facts, told) => {
    expect(problems(facts)).toEqual([expect.stringMatching(told)]);
  });
});

test("in a few words: what a server is to others", () => {
  expect(summariseServer(alone)).toBe("");
  expect(
    summariseServer({
      ...alone,
      binlog: { format: "ROW", isSynced: true },
      replicas: [replica],
      galera: node,
    }),
  ).toBe("binary log ROW; replica of db-1:3306, 0 s behind; Galera Synced, 3 nodes");
  expect(summariseServer({ ...alone, replicas: [{ ...replica, isApplying: false }] })).toBe(
    "replica of db-1:3306, stopped",
  );
});
