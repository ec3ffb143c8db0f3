import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

/** Variables that a build of the server may lack: naming one is an error there, where a list just has no line of it. */
const optional = /@@(?:global\.|session\.)?(?:wsrep|rpl_semi_sync)_\w+/gi;

const withoutComments = (text: string): string => text.replace(/^\s*(?:--|\/\/|\/?\*).*$/gm, "");

test("no statement names a variable of Galera or of a plugin, which not every server has", async () => {
  const named: string[] = [];
  let count = 0;
  for (const folder of ["src", "sql"])
    for (const name of await readdir(folder, { recursive: true })) {
      if (!/\.(?:ts|sql)$/.test(name)) continue;
      count += 1;
      const text = withoutComments(await readFile(join(folder, name), "utf8"));
      for (const [found] of text.matchAll(optional)) named.push(`${name}: ${found}`);
    }
  expect(count).toBeGreaterThan(500);
  expect(named).toEqual([]);
});
