import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const axeFile = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/**
 * What keeps people from a page, as axe finds it: serious and critical violations, each with its first element.
 * `exclude` names parts that are not ours.
 */
export async function findBarriers(page: Page, exclude: readonly string[] = []): Promise<readonly string[]> {
  // Through the debugger's door, which the page's policy does not guard.
  await page.evaluate(await readFile(axeFile, "utf8"));
  const { violations } = await page.evaluate(async (excluded): Promise<AxeResults> => {
    const { axe } = window as unknown as { readonly axe: typeof import("axe-core") }; // just put there
    return axe.run({ include: [["body"]], exclude: excluded.map((part) => [part]) });
  }, exclude);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length}×, first ${nodes[0]?.html})`);
}
