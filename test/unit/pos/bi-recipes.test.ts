import { expect, test } from "vitest";
import { readRecipes } from "../../support/how-to-recipes.ts";

test("each recipe that adds up what was sold leaves cancelled orders out, as the cube's revenue does", () => {
  const asking = readRecipes("how-to/bi-tools.md").filter(({ code }) =>
    /from bi_(sales|orders)\b/.test(code),
  );
  expect(asking.length).toBeGreaterThan(5);
  const forgetting = asking.filter(({ code }) => !code.includes("status <> 'cancelled'"));
  expect(forgetting.map(({ heading, language }) => `${heading} (${language})`)).toEqual([]);
});
