import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadRepositoryProject } from "../../support/database.ts";

const { domains } = await loadRepositoryProject();
const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const sqlFilesOf = (domain: string) =>
  ["procedures", "triggers"].flatMap((kind) => {
    const folder = `sql/${kind}/${domain}`;
    return existsSync(new URL(folder, root))
      ? readdirSync(new URL(folder, root)).map((file) => `${folder}/${file}`)
      : [];
  });
const raisedIn = (text: string) =>
  [...text.matchAll(/(?:mysql_errno = |call refuse\(\s*)(\d+)/g)].map((match) => match[1] ?? "");

describe.each(domains)("the signals of $name", ({ name, rules = {} }) => {
  test("are in SQL those of the rules, and no others", () => {
    const used = new Set(sqlFilesOf(name).flatMap((file) => raisedIn(read(file))));
    expect([...used].sort()).toEqual(Object.keys(rules).sort());
  });

  test("are named in the header of each file that raises them", () => {
    for (const file of sqlFilesOf(name)) {
      const text = read(file);
      for (const number of raisedIn(text))
        expect(text, file).toMatch(new RegExp(`^-- signals: .*${number}`, "m"));
    }
  });
});

test("All signals are in the reference, with their codes and words", () => {
  const documented = [
    ...read("docs/reference/signals.md").matchAll(/^\| (\d+) \| `(\w+)` \| (.*) \|$/gm),
  ].map(([, number, code, description]) => [number, { code, description }]);
  expect(Object.fromEntries(documented)).toEqual(Object.assign({}, ...domains.map(({ rules }) => rules)));
});
