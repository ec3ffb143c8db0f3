import { readFileSync } from "node:fs";

/** A block of code of a page, with its language and the heading that it stands under. */
export interface Recipe {
  readonly heading: string;
  readonly language: string;
  readonly code: string;
}

/** The blocks of code of a page of `docs/`, as they stand there. */
export function readRecipes(page: string): readonly Recipe[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8");
  const recipes: Recipe[] = [];
  let heading = "";
  for (const part of text.matchAll(/^## (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const [, title, language, code] = part;
    if (title !== undefined) heading = title;
    else if (language !== undefined && code !== undefined) recipes.push({ heading, language, code });
  }
  return recipes;
}
