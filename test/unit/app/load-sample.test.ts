import { expect, test } from "vitest";
import { chooseImports } from "../../../src/app/load-sample.ts";

const imports = ["sales", "orders"];

test.each([
  ["all before the first", [], false, imports],
  ["all before the first, whatever is in the folder", [], true, imports],
  ["those that lack when the sample was stopped", ["sales"], true, ["orders"]],
  ["none when all have ended", ["orders", "sales"], true, []],
  ["none where somebody has imported files of their own", ["sales"], false, []],
  ["none where a former release has imported", [null], true, []],
])("A sample is loaded by %s", (_, finished, hasSample, expected) => {
  expect(chooseImports(imports, new Set(finished), hasSample)).toEqual(expected);
});
