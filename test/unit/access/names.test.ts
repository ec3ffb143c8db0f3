import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { graphql, introspectionFromSchema, parse, printSchema, validate } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { projectForRole } from "../../../src/access/project-for-role.ts";
import { createPace, createRounds } from "../../../src/graphql/answer-pace.ts";
import { renderClientFiles } from "../../../src/graphql/client-files.ts";
import { toFilter } from "../../../src/graphql/filters.ts";
import { readProjectPages } from "../../../src/graphql/project-pages.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import type { Page } from "../../../src/pages/page.ts";
import { createDocsPage } from "../../../src/reference/docs-page.ts";
import { secretProject } from "./secret-project.ts";

const { project, rights } = projectForRole(secretProject, "guest");
const schema = createSchema(project);
/** Nobody asks it: what tables there are is no matter of a role from which something is hidden. */
const reader = { query: () => Promise.reject(new Error("The database was asked.")) };

const chart = { mark: "bar", encoding: { x: { field: "town", type: "nominal" } } };
const board = (title: string, operation: string) => ({ title, tiles: [{ title: "T", operation }] });
const files: Readonly<Record<string, unknown>> = {
  "examples/towns.graphql": "query Towns { placeConnection { nodes { town } } }",
  "examples/towns.vl.json": chart,
  "examples/secret-towns.graphql": "query SecretTowns { placeConnection { nodes { secretTown } } }",
  "examples/secret-past.graphql": 'query SecretPast { place(id: 1, asOf: "2026-01-01T00:00:00Z") { town } }',
  "examples/groups.json": { Towns: ["towns"], Secrets: ["secret-towns", "secret-past"] },
  "secret-examples/elsewhere.graphql": "query Elsewhere { secretElsewhere(id: 1) { secretId } }",
  "boards/good.json": board("Towns", "towns.graphql"),
  "boards/towns.graphql": "query Towns { stay(groupBy: [BEGUN_ON_MONTH]) { begunOnMonth nights } }",
  "boards/towns.vl.json": {
    mark: "bar",
    encoding: {
      x: { field: "begunOnMonth", type: "temporal" },
      y: { field: "nights", type: "quantitative" },
    },
    usermeta: { units: { nights: "nights" } },
  },
  "boards/secret.json": board("Secret board", "secret.graphql"),
  "boards/secret.graphql": "query Secret { stay(groupBy: [SECRET_DAY]) { secretDay nights } }",
};

let folder: string;
const warnings: unknown[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-names-"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return () => rm(folder, { recursive: true });
});

const openPages = async (): Promise<readonly Page[]> => {
  const logger = { warn: (...said: unknown[]) => warnings.push(said) };
  return [
    ...(await readProjectPages(project, folder, { schema, logger })),
    createDocsPage({ ...project, sqlDir: join(folder, "sql") }, folder, reader),
  ];
};
const textOf = async ({ settings, data = {} }: Page): Promise<string> => {
  const parts = await Promise.all(Object.values(data).map((read) => read()));
  return JSON.stringify([settings, ...parts]);
};

describe("No hidden name is in what a role receives:", () => {
  test("the project has names of every kind to hide, and the same words are in the whole one", () => {
    const whole = printSchema(createSchema(secretProject));
    for (const word of [
      "SecretVault",
      "secretCity",
      "SECRET_DAY",
      "secretPeople",
      "secretCall",
      "secretGuest",
    ])
      expect(whole).toContain(word);
  });

  test("schema, introspection and the files of a client", () => {
    expect(printSchema(schema)).not.toMatch(/secret/i);
    expect(JSON.stringify(introspectionFromSchema(schema))).not.toMatch(/secret/i);
    for (const [name, text] of renderClientFiles(schema)) expect(text, name).not.toMatch(/secret/i);
  });

  test("each page with its data, and the logs of its making", async () => {
    const pages = await openPages();
    expect(pages.map(({ name }) => name)).toEqual(["home", "graphiql", "dashboard", "docs"]);
    for (const page of pages) expect(await textOf(page), page.name).not.toMatch(/secret/i);
    expect(JSON.stringify(warnings)).not.toMatch(/secret/i);
  });

  test("what fits is shown", async () => {
    const [home, graphiql, dashboard, docs] = await Promise.all((await openPages()).map(textOf));
    for (const page of [home, graphiql, docs]) expect(page).toContain("Towns");
    expect(dashboard).toContain('"title":"Towns"');
  });

  test.each([
    "{ place(id: 1) { secretTow } }",
    "{ placeConnection(where: { secretTow: { eq: 1 } }) { nodes { town } } }",
    "{ placeConnection(orderBy: [SECRET_TOWN_AS]) { nodes { town } } }",
    "{ stay(groupBy: [SECRET_DA]) { nights secretRevenu } }",
    "{ stay(having: { secretPeopl: { eq: 1 } }) { nights } }",
    "{ secretVaul(id: 1) { secretId } node(id: 1) { ... on SecretVaul { secretId } } }",
    "{ placeHistor(id: 1) { nodes { changedFields } } }",
    "mutation { secretCal(day: 1) { done } bookStay(secretGues: 1) { done secretLin } }",
  ])("what is suggested in place of %s", (query) => {
    const said = validate(schema, parse(query)).map(({ message }) => message);
    expect(said.length).toBeGreaterThan(0);
    // What was asked may be said again; a suggestion may not.
    for (const message of said) expect(message.split("Did you mean")[1] ?? "").not.toMatch(/secret|istory/i);
    const asked = new Set(query.match(/\w*secret\w*/gi));
    for (const message of said)
      for (const word of message.match(/\w*secret\w*/gi) ?? []) expect(asked).toContain(word);
  });

  test("the id of what is hidden is as that of what never was", async () => {
    const errorsOf = async (id: string) => {
      const limits = { maxValues: 1000, maxBytes: 1000 };
      const pace = createPace(limits, createRounds(), new AbortController().signal);
      // No id gets as far as to be read.
      const contextValue = { pace };
      const { errors } = await graphql({ schema, source: `{ node(id: "${id}") { id } }`, contextValue });
      return errors?.map(({ message }) => message.replace(id, ""));
    };
    const never = await errorsOf("NeverThere:1");
    expect(never?.[0]).toContain("is the id of no document");
    for (const id of ["SecretVault:1", "StayFact:1", "SecretRate:1", "SecretElsewhere:1"])
      expect(await errorsOf(id), id).toEqual(never);
    // Neither is a moment of what has no past for the role.
    for (const id of ["Place@2026-01-01T00:00:00.000Z:1", "Place@1:1"])
      expect(await errorsOf(id)).toEqual(never);
  });

  test("a former name of what is hidden means nothing", () => {
    const shown = rights.get("places")?.shown;
    expect(Object.keys(shown?.fields ?? {})).toEqual(["placeId", "town", "twin", "parts"]);
    expect(shown && toFilter(shown, { city: { eq: "A" } })).toMatchObject({ field: "town" });
  });
});
