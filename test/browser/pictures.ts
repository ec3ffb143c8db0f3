import type { Page } from "playwright-core";

/** Keeps a picture in the folder that `VITRINE_PICTURES` names, where somebody asks for it, to be looked at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.VITRINE_PICTURES;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}
