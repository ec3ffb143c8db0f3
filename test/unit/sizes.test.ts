import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

async function measure(folder: string): Promise<readonly (readonly [file: string, lines: number])[]> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => /\.tsx?$/.test(name)).map((name) => join(folder, name));
  return Promise.all(
    files.map(async (file) => [file, (await readFile(file, "utf8")).split("\n").length - 1] as const),
  );
}

test("no file of code, tests or benchmarks has more than 250 lines", async () => {
  const all = (await Promise.all(["src", "test", "bench"].map(measure))).flat();
  expect(all.length).toBeGreaterThan(300);
  expect(all.filter(([, lines]) => lines > 250)).toEqual([]);
});

test("no verb has more than 60 lines: the work lives below the commands", async () => {
  const verbs: (readonly [file: string, lines: number])[] = [];
  for (const [file, lines] of await measure("src/commands"))
    if (/^export function register\w+\(\w+: Command, context/m.test(await readFile(file, "utf8")))
      verbs.push([file, lines]);
  expect(verbs.length).toBeGreaterThan(15);
  expect(verbs.filter(([, lines]) => lines > 60)).toEqual([]);
});
