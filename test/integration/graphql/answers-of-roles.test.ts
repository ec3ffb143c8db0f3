import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Access } from "../../../src/models/access.ts";
import { type Credentials, openRoleGateway, type RoleGateway } from "./role-gateway.ts";

/** Roles that ask alike, and are to be told differently; the last has fewer fields and one model more. */
const access: Access = {
  roles: {
    seeing: { description: "Sees who it is.", personal: "shown", models: { customers: true } },
    partly: {
      description: "Sees the ends of names.",
      personal: { mask: "last4" },
      models: { customers: true },
    },
    blind: { description: "Sees no name.", personal: { mask: "null" }, models: { customers: true } },
    less: {
      description: "Sees who it is, and not where.",
      personal: "shown",
      models: { customers: { except: ["state"] }, products: true },
    },
  },
};
const names = Object.keys(access.roles);

let gateway: RoleGateway;
let base: string;
const as: Record<string, Credentials> = {};
beforeAll(async () => {
  gateway = await openRoleGateway(access);
  base = gateway.server.url.replace("/graphql", "");
  for (const role of names) as[role] = await gateway.as(role);
});
afterAll(() => gateway?.close());

interface Told {
  readonly status: number;
  readonly tag: string;
  readonly text: string;
}

async function get(role: string, path: string, headers: Record<string, string> = {}): Promise<Told> {
  const response = await fetch(`${base}${path}`, { headers: { ...as[role], ...headers } });
  const tag = response.headers.get("etag") ?? "";
  return { status: response.status, tag, text: await response.text() };
}
const query =
  "{ customerConnection(source: MIRROR, first: 3, maxStaleness: 60000) { nodes { customerId name } } }";
const question = `/graphql?${new URLSearchParams({ query })}`;
const json = { accept: "application/json" };

/** What an answer says of names, whoever is told. */
const namesIn = ({ text }: Told): readonly unknown[] =>
  (
    JSON.parse(text) as { data: { customerConnection: { nodes: { name: unknown }[] } } }
  ).data.customerConnection.nodes.map(({ name }) => name);
const isShown = (name: unknown) => typeof name === "string" && !name.startsWith("…");

describe("What one role was answered", () => {
  test("is not answered to another that asks the same, before, after or at the same time", async () => {
    for (let round = 0; round < 3; round += 1) {
      const told = await Promise.all(names.map((role) => get(role, question, json)));
      const [seeing, partly, blind, less] = told.map(namesIn);
      expect(seeing?.every(isShown)).toBe(true);
      expect(less).toEqual(seeing);
      expect(partly?.some(isShown)).toBe(false);
      expect(blind).toEqual([null, null, null]);
    }
  });

  test("has a tag that confirms nothing to another", async () => {
    const told = await Promise.all(names.map((role) => get(role, question, json)));
    for (const { status, tag } of told) expect([status, tag]).toEqual([200, expect.stringMatching(/^W\//)]);
    for (const [at, role] of names.entries()) {
      const others = told.filter((_, other) => other !== at).map(({ tag }) => tag);
      const again = await get(role, question, { ...json, "if-none-match": others.join(", ") });
      expect([role, again.status]).toEqual([role, 200]);
      expect(namesIn(again)).toEqual(namesIn(told[at] as Told));
      const own = await get(role, question, { ...json, "if-none-match": told[at]?.tag ?? "" });
      expect([role, own.status]).toEqual([role, 304]);
    }
  });

  test.each([
    "/graphql",
    "/docs",
    "/dashboard",
    "/",
    "/data/graphiql/introspection.json",
    "/data/docs/dictionary.json",
  ])("of %s is made for it alone, and is confirmed to who would be told the very same", async (path) => {
    const html = { accept: "text/html, */*" };
    const told = await Promise.all(names.map((role) => get(role, path, html)));
    const [seeing, , , less] = told;
    expect(told.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    if (path.startsWith("/data/")) {
      expect(seeing?.text).not.toMatch(/product/i);
      expect(less?.text).toMatch(/product/i);
      expect(seeing?.text).toContain("state");
    }
    for (const [at, role] of names.entries())
      for (const { tag, text } of told) {
        const again = await get(role, path, { ...html, "if-none-match": tag });
        expect([role, again.status]).toEqual([role, text === told[at]?.text ? 304 : 200]);
        if (again.status === 200) expect(again.text).toBe(told[at]?.text);
      }
  });

  test("of files is kept by nobody, and is each role's own", async () => {
    const path = "/export/customers.csv?source=MIRROR&fields=customerId,name";
    const told = await Promise.all(names.map((role) => get(role, path)));
    const rows = told.map(({ text }) => text.trim().split(/\r?\n/).slice(1));
    expect(told.map(({ tag }) => tag)).toEqual(["", "", "", ""]);
    expect(rows[0]).toEqual(rows[3]);
    expect(rows[0]?.every((row) => /,[^…]+$/.test(row))).toBe(true);
    expect(rows[1]?.some((row) => /,[^…]+$/.test(row))).toBe(false);
    expect(rows[2]?.every((row) => row.endsWith(","))).toBe(true);
    const hidden = await get("seeing", "/export/products.csv");
    expect(hidden.status).toBe(404);
  });
});
