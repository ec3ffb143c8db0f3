import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Principal } from "../../../src/access/principal.ts";
import { createDocumentRule } from "../../../src/graphql/document-rule.ts";
import { createMetrics } from "../../../src/graphql/metrics.ts";
import { createServer } from "../../../src/graphql/server.ts";
import { trustDocuments } from "../../../src/graphql/trusted-documents.ts";
import { openTestGateway, type TestGateway } from "./gateway.ts";
import { roads } from "./roads.ts";
import { openEverything } from "./role-of-everything.ts";
import { serveWith } from "./serve-with.ts";

const trusted = "query Names { customerOrdersConnection(first: 2, source: MIRROR) { nodes { name } } }";
const free =
  "query Names { customerOrdersConnection(first: 2, source: MIRROR) { nodes { customerId name } } }";
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway?.close());

async function writeFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-documents-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}
const post = roads["a post"] as (typeof roads)[string];
const codeOf = (answer: Awaited<ReturnType<(typeof roads)[string]>>) => answer.errors?.[0]?.extensions.code;

describe.each(Object.entries(roads))("By %s", (_name, send) => {
  test("a trusted document is answered by its text and by its hash, another text is not, by nobody's hash either", async () => {
    const documents = await writeFolder({ "names.graphql": trusted });
    const { url } = await serveWith(gateway, { documents, freeText: false });
    const byText = await send(url, { query: trusted });
    expect(byText.errors).toBeUndefined();
    expect(byText.data).toBeTruthy();
    const hash = hashOf(trusted);
    for (const named of [
      { documentId: `sha256:${hash}` },
      { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
    ])
      expect((await send(url, named)).data).toEqual(byText.data);
    const refused = await send(url, { query: free });
    expect(codeOf(refused)).toBe("FORBIDDEN");
    expect(refused.errors?.[0]?.message).toContain(hashOf(free));
    const offered = { persistedQuery: { version: 1, sha256Hash: hashOf(free) } };
    expect(codeOf(await send(url, { query: free, extensions: offered }))).toBe("FORBIDDEN");
    expect(codeOf(await send(url, { extensions: offered }))).toBe("PERSISTED_QUERY_NOT_FOUND");
    // Not even what is no GraphQL is looked at.
    expect(codeOf(await send(url, { query: "{ oops" }))).toBe("FORBIDDEN");
  });

  test("a text is remembered by its hash once it fits the schema, and not before", async () => {
    const { url } = await serveWith(gateway, {});
    const wrong = free.replace("customerId", "customerNumber");
    for (const [query, code] of [
      [free, undefined],
      [wrong, "PERSISTED_QUERY_NOT_FOUND"],
      ["{ oops", "PERSISTED_QUERY_NOT_FOUND"],
    ] as const) {
      const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(query) } };
      expect(codeOf(await send(url, { query, extensions }))).toBe(code && "QUERY_INVALID");
      expect(codeOf(await send(url, { extensions }))).toBe(code);
    }
  });
});

test("An export has no text: where only trusted documents are answered there is none", async () => {
  const documents = await writeFolder({ "names.graphql": trusted });
  const address = "/export/customer_orders.csv?fields=name";
  for (const [freeText, status] of [
    [false, 403],
    [true, 200],
  ] as const) {
    const { url } = await serveWith(gateway, { documents, freeText });
    const response = await fetch(new URL(address, url));
    expect([response.status, await response.text()]).toEqual([
      status,
      expect.stringContaining(freeText ? "name" : "FORBIDDEN"),
    ]);
  }
});

test("What dashboards ask is trusted; beside free text every document is answered", async () => {
  const documents = await writeFolder({ "names.graphql": trusted });
  const alone = await serveWith(gateway, { documents, freeText: false });
  for (const [file, code] of [
    ["low-stock", undefined],
    ["states", undefined],
    // Not by a post, but for another reason.
    ["low-stock-changed", "QUERY_INVALID"],
  ] as const) {
    const query = await readFile(`dashboards/pos/${file}.graphql`, "utf8");
    expect(codeOf(await post(alone.url, { query }))).toBe(code);
    expect(codeOf(await post(alone.url, { query: `${query} ` }))).toBe("FORBIDDEN");
  }
  const beside = await serveWith(gateway, { documents });
  for (const query of [free, trusted]) expect((await post(beside.url, { query })).errors).toBeUndefined();
});

test("A role says which texts it may send, whatever holds for others", async () => {
  const access = [
    {
      roles: {
        customer: { description: "", documents: "trusted" },
        admin: { description: "", documents: "any" },
      },
    },
    { roles: { admin: { description: "" }, both: { description: "", documents: "any" } } },
    { roles: { both: { description: "", documents: "trusted" } } },
  ] as const;
  const serveAs = async (role: string, freeText: boolean) => {
    const principal: Principal = { name: "somebody", role, claims: {}, expiresAt: null };
    const documents = trustDocuments([trusted]);
    const server = await createServer({
      ...{ ...gateway.options, metrics: createMetrics(), identify: async () => principal },
      openRole: openEverything(gateway.options),
      ...{ trusted: documents, documentRule: createDocumentRule({ trusted: documents, freeText, access }) },
    });
    onTestFinished(() => server.close());
    return server.url;
  };
  const answers = async (role: string, freeText: boolean) => {
    const url = await serveAs(role, freeText);
    return Promise.all(
      [free, trusted].map(async (query) => (await post(url, { query })).errors === undefined),
    );
  };
  for (const freeText of [true, false]) {
    expect(await answers("customer", freeText)).toEqual([false, true]);
    expect(await answers("both", freeText)).toEqual([false, true]);
    expect(await answers("admin", freeText)).toEqual([true, true]);
    expect(await answers("other", freeText)).toEqual([freeText, true]);
  }
});

describe("A folder of trusted documents", () => {
  test("holds manifests of Relay, of the code generator and of Apollo's tools beside single files", async () => {
    const [one, two] = ["{ customerOrders(id: 1) { name } }", "{ customerOrders(id: 2) { name } }"];
    const documents = await writeFolder({
      "names.graphql": trusted,
      "relay.json": JSON.stringify({ [hashOf(one)]: one }),
      "apollo.json": JSON.stringify({
        format: "apollo-persisted-query-manifest",
        version: 1,
        operations: [{ id: hashOf(two), name: "Two", type: "query", body: two }],
      }),
      "README.md": "Not a document.",
    });
    const { url } = await serveWith(gateway, { documents, freeText: false });
    for (const text of [trusted, one, two])
      expect((await post(url, { documentId: hashOf(text) })).errors).toBeUndefined();
  });

  test("with what cannot be trusted is refused at the start, with all that is wrong", async () => {
    const documents = await writeFolder({
      "broken.graphql": "{ oops",
      "list.json": "[1]",
      "no.json": "{",
      "false.json": JSON.stringify({ [hashOf("{ a }")]: trusted }),
      "right.graphql": trusted,
    });
    const opening = serveWith(gateway, { documents });
    await expect(opening).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      details: {
        problems: [
          expect.stringMatching(/^list\.json: is no manifest/),
          expect.stringMatching(/^no\.json: is no JSON/),
          expect.stringMatching(/^broken\.graphql: Syntax Error/),
          expect.stringMatching(/^false\.json [0-9a-f]{12}: the hash is not/),
        ],
      },
    });
    for (const folder of [join(documents, "nowhere"), await writeFolder({ "README.md": "" })])
      await expect(serveWith(gateway, { documents: folder })).rejects.toMatchObject({
        code: "CONFIG_INVALID",
      });
  });

  test("with a document of another schema is told of, and all others are answered", async () => {
    const documents = await writeFolder({ "old.graphql": "{ gone }", "names.graphql": trusted });
    const { url } = await serveWith(gateway, { documents, freeText: false });
    expect(gateway.log).toContainEqual(
      expect.objectContaining({ file: "old.graphql", msg: "a trusted document does not fit the schema" }),
    );
    expect((await post(url, { query: trusted })).errors).toBeUndefined();
    expect(codeOf(await post(url, { query: "{ gone }" }))).toBe("QUERY_INVALID");
  });
});
