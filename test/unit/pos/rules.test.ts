import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { posRules } from "../../../src/domains/pos/rules.ts";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const sqlFiles = ["procedures", "triggers"].flatMap((kind) =>
  readdirSync(new URL(`../../../sql/${kind}/pos`, import.meta.url)).map((file) => `sql/${kind}/pos/${file}`),
);

describe("the shop's signals", () => {
  test("are in SQL those of the rules, and no others", () => {
    const used = new Set(
      sqlFiles.flatMap((file) =>
        [...read(file).matchAll(/(?:mysql_errno = |call refuse\()(\d+)/g)].map((match) => match[1] ?? ""),
      ),
    );
    expect([...used].sort()).toEqual(Object.keys(posRules).sort());
  });

  test("are named in the header of each file that raises them", () => {
    for (const file of sqlFiles) {
      const text = read(file);
      const raised = [...text.matchAll(/(?:mysql_errno = |call refuse\()(\d+)/g)].map(
        (match) => match[1] ?? "",
      );
      for (const number of raised) expect(text, file).toMatch(new RegExp(`^-- signals: .*${number}`, "m"));
    }
  });

  test("are all in the reference, with their codes and words", () => {
    const documented = [
      ...read("docs/reference/signals.md").matchAll(/^\| (\d+) \| `(\w+)` \| (.*) \|$/gm),
    ].map(([, number, code, description]) => [number, { code, description }]);
    expect(Object.fromEntries(documented)).toEqual(posRules);
  });
});
