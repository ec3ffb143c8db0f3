import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeSet, openFakeSet } from "../../support/fake-replica-set.ts";
import { openMirrorGarden } from "../../support/garden/mirror-garden.ts";
import type { TestMirror } from "../../support/open-mirror.ts";
import { runVitrine, vitrineEnvironment } from "../../support/run-vitrine.ts";

const project = {
  VITRINE_PROJECT: fileURLToPath(new URL("../../support/garden/vitrine.config.ts", import.meta.url)),
};

let garden: TestMirror;
let set: FakeSet;
let folder: string;
beforeAll(async () => {
  garden = await openMirrorGarden();
  await garden.mirror();
  set = await openFakeSet({ url: garden.mongodbUrl });
  // The first that is named is not the primary.
  const election = set.elect(0);
  await election;
  folder = await mkdtemp(join(tmpdir(), "vitrine-hosts-"));
});
afterAll(async () => {
  await set?.close();
  await garden?.close();
  await rm(folder, { recursive: true, force: true });
});

const databases = () => ({ mariadbUrl: garden.mariadbUrl, mongodbUrl: set.url });
const run = (...args: readonly string[]) =>
  runVitrine(databases(), join(folder, args[0] ?? ""), args, project);

/** What long-running verbs say first; then they are stopped. */
async function runUntil(said: RegExp, ...args: readonly string[]) {
  const child = spawn(process.execPath, ["bin/vitrine.mjs", ...args], {
    env: { ...vitrineEnvironment(databases(), join(folder, args[0] ?? "")), ...project },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => {
      lines.push(line);
      if (said.test(line)) child.kill("SIGINT");
    });
  const [code] = await once(child, "exit");
  return { code, said: lines.join("\n") };
}

test("every verb that opens MongoDB takes the URL of a set with several hosts, and shows it without its password", async () => {
  const password = new URL(garden.mongodbUrl).password;
  const results = await Promise.all([
    run("status", "--json"),
    run("verify", "--deep"),
    run("export", "plant_card", "--source", "mirror", "--format", "ndjson", "--out", join(folder, "files")),
  ]);
  expect(results.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0]);
  const { mongodb, healthy } = JSON.parse(results[0]?.stdout ?? "");
  expect(healthy).toBe(true);
  expect(set.addresses.every((address) => mongodb.url.includes(address))).toBe(true);
  const doctor = await run("doctor");
  expect(doctor.stdout).toMatch(/ok +MongoDB: .*replicaSet fake/);
  expect(await run("rebuild", "plant_card")).toMatchObject({ code: 0 });
  for (const { stdout, stderr } of [...results, doctor])
    if (password !== "") expect(stdout + stderr).not.toContain(password);
});

test("loader and gateway run on it together", async () => {
  const { code, said } = await runUntil(/^Ctrl-C/, "up", "--no-sample", "--port", "0");
  expect(said).not.toMatch(/TypeError|Invalid URL/);
  expect(code, said).toBe(0);
});

test("shards that a set does not have are refused before anything is written, and doctor says so", async () => {
  const env = { ...project, VITRINE_SHARD: "hashed" };
  const [mirror, doctor] = await Promise.all(
    ["mirror", "doctor"].map((verb) => runVitrine(databases(), join(folder, "shards"), [verb], env)),
  );
  const refusal = /VITRINE_SHARD asks for shards, and MONGODB_URL leads to a replica set/;
  expect(mirror?.code).not.toBe(0);
  expect(mirror?.stderr).toMatch(refusal);
  expect(doctor?.stdout).toMatch(refusal);
});
