import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { readExamples } from "../../../src/graphql/examples.ts";
import project from "../../../vitrine.config.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "vitrine-examples-"));
  return () => rm(dir, { recursive: true });
});

test("an example offers the defaults of its operation, and what stands in the file beside it", async () => {
  await writeFile(
    join(dir, "a.graphql"),
    'query A($n: Int = 3, $s: [Kind!] = [NEW], $o: In = { x: "1" }, $after: String) { a }',
  );
  await writeFile(join(dir, "a.json"), '{ "n": 4, "id": 1 }');
  await writeFile(join(dir, "b-and-c.graphql"), "{ b }");
  const [a, b] = await readExamples(dir);
  expect(JSON.parse(a?.variables ?? "")).toEqual({ n: 4, s: ["NEW"], o: { x: "1" }, id: 1 });
  expect(b).toEqual({
    name: "b-and-c",
    title: "B and c",
    group: "Others",
    query: "{ b }",
    variables: null,
    spec: null,
  });
});

test("examples come in the order of their groups, others last, and a group of a missing one is named", async () => {
  for (const name of ["a", "b", "c"]) await writeFile(join(dir, `${name}.graphql`), `{ ${name} }`);
  await writeFile(join(dir, "groups.json"), '{ "First": ["c"], "Then": ["a"] }');
  expect((await readExamples(dir)).map(({ name, group }) => [group, name])).toEqual([
    ["First", "c"],
    ["Then", "a"],
    ["Others", "b"],
  ]);
  await writeFile(join(dir, "groups.json"), '{ "First": ["gone"] }');
  await expect(readExamples(dir)).rejects.toThrow(/groups\.json names gone, but there is no gone\.graphql/);
  await writeFile(join(dir, "groups.json"), '["a"]');
  await expect(readExamples(dir)).rejects.toThrow(/is not of the form/);
});

test("every example of the project has a heading, and the first one is the first question of README", async () => {
  const all = await Promise.all(project.domains.map(({ examples }) => readExamples(examples ?? "")));
  expect(all.flat().filter(({ group }) => group === "Others")).toEqual([]);
  expect(all[0]?.[0]?.name).toBe("top-product");
});
