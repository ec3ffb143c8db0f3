import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runVitrine } from "../../support/run-vitrine.ts";
import { postForFile, withServer } from "../files/fetch-file.ts";
import { openTestGateway, type TestGateway } from "../graphql/gateway.ts";

let gateway: TestGateway;
let dir: string;
let file: string;
const query = `query Orders($from: Int!, $source: Source, $first: Int) {
  orderDetailsConnection(where: { orderId: { gte: $from } }, source: $source, first: $first) {
    nodes { orderId total buyer { name } items { name } }
  }
}`;
beforeAll(async () => {
  gateway = await openTestGateway();
  dir = await mkdtemp(join(tmpdir(), "vitrine-query-"));
  file = join(dir, "orders.graphql");
  await writeFile(file, query);
});
afterAll(async () => {
  await gateway?.close();
  await rm(dir, { recursive: true, force: true });
});

const run = (...args: readonly string[]) =>
  runVitrine(gateway.database, dir, ["query", file, ...args], { LOG_LEVEL: "error" });
const there = () => ["--url", gateway.server.url];

test("asks the databases by itself, and prints a table", async () => {
  const { code, stdout, stderr } = await run("-v", "from=1", "-v", "first=2", "-v", "source=LIVE");
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("[")]);
  const { data } = await gateway.ask(query, { from: 1, first: 2, source: "LIVE" });
  const { nodes = [] } = (data?.orderDetailsConnection ?? {}) as {
    readonly nodes?: readonly { orderId: number; total: string; buyer: { name: string } }[];
  };
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^orderId +total +buyer\.name +items$/);
  expect(lines.length).toBe(4);
  for (const [index, { orderId, total, buyer }] of nodes.entries()) {
    expect(lines[index + 2]?.trim()).toMatch(new RegExp(`^${orderId} +${total} {2}`));
    expect(lines[index + 2]).toContain(buyer.name);
  }
});

test("prints CSV and lines as the gateway sends them, and the whole answer as JSON", async () => {
  const variables = { from: 1 };
  for (const [args, accept] of [
    [["--format", "csv"], "text/csv"],
    [["--format", "csv", "--excel"], "text/csv; excel=true"],
    [["--format", "ndjson"], "application/x-ndjson"],
  ] as const) {
    const { code, stdout } = await run("-v", "from=1", ...args, ...there());
    const sent = Buffer.from(
      await (await postForFile(gateway.server.url, accept, query, variables)).arrayBuffer(),
    );
    expect([code, stdout]).toEqual([0, sent.toString()]);
  }
  const whole = await run("-v", "from=1", "-v", "first=1", "--json", ...there());
  expect(JSON.parse(whole.stdout)).toMatchObject({
    data: { orderDetailsConnection: { nodes: [{ orderId: 1 }] } },
    extensions: { freshness: [{ source: "MIRROR" }] },
  });
});

test.each([
  [
    ["-v", "from=1", "-v", "to=2"],
    2,
    "-v to=2: write <name>=<value>; the operation has from, source, first. [USAGE]",
  ],
  [[], 2, 'Variable "$from" of required type "Int!" was not provided. [BAD_INPUT]'],
  [["-v", "from=x"], 2, "[BAD_INPUT]"],
  [
    ["-v", "from=1", "--format", "json", "-v", "first=999"],
    2,
    "first: must be 0 to 500, not 999. [BAD_INPUT]",
  ],
  [["--url", "http://127.0.0.1:1/graphql", "-v", "from=1"], 2, "cannot be reached"],
])("%j fails with %i and says why", async (args, code, message) => {
  const result = await run(...args, ...(args.includes("--url") ? [] : there()));
  expect(result.code).toBe(code);
  expect(result.stderr).toContain(message);
});

test("rows that break off fail the command, and what came is printed", async () => {
  const wide = query.replace("items { name }", "items { productId name quantity unitPrice lineTotal }");
  await writeFile(join(dir, "wide.graphql"), wide);
  await withServer(gateway, { files: { ...gateway.options.files, maxRows: 290 } }, async ({ url }) => {
    const args = ["query", join(dir, "wide.graphql"), "-v", "from=1", "--format", "csv", "--url", url];
    const { code, stdout, stderr } = await runVitrine(gateway.database, dir, args);
    expect(code).toBe(74);
    expect(stderr).toContain("The rows broke off");
    expect(stdout).toContain("Broken off: The file has more than 290 rows");
  });
});
