import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { totesys } from "../../../src/domains/totesys/index.ts";

const read = async (folder: string) => {
  const texts: [string, string][] = [];
  for (const file of await readdir(folder)) texts.push([file, await readFile(`${folder}/${file}`, "utf8")]);
  return texts;
};

test("account numbers are in no view, touched view, export, field or change table", async () => {
  const folders = ["views", "touched", "triggers", "procedures"].map((kind) => `sql/${kind}/totesys`);
  const texts = (await Promise.all(folders.map(read))).flat();
  expect(texts.length).toBeGreaterThan(100);
  // The import reads them; triggers name them as what is not to be logged.
  const naming = texts.filter(([, text]) => text.replace(/^--.*\n/gm, "").includes("ac_number"));
  expect(naming.map(([file]) => file)).toEqual(["read_payment.sql"]);
  const fields = totesys.models.flatMap((model) => Object.keys(model.fields));
  expect(fields.length).toBeGreaterThan(50);
  expect(fields.filter((field) => /acc?(ount)?Number|acNumber/i.test(field))).toEqual([]);
  expect(await readFile("schema.graphql", "utf8")).not.toMatch(/AcNumber|accountNumber/i);
});

test("the file of payments is confidential: no remark tells a value of it", () => {
  const files = totesys.imports?.tables?.files ?? [];
  expect(files.filter(({ confidential }) => confidential).map(({ file }) => file)).toEqual(["payment.csv"]);
});
