import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The package, as projects name it. */
export const packageName = "vitrine";

/** What projects import from the package by its name, as it lies beside this program: its URL. */
export function findFrontDoor(): string {
  const self = fileURLToPath(import.meta.url);
  const name = self.endsWith(".ts") ? "index.ts" : "index.js";
  // Built, this text lies in one of the folders of `dist`.
  for (let folder = dirname(self); ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return pathToFileURL(join(folder, name)).href;
    if (folder === dirname(folder)) throw new TypeError(`${name} is missing beside ${self}.`);
  }
}

/** Of this package. */
export function findPackageVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    // Its own text, which npm reads too.
    if (existsSync(file)) return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
    if (folder === dirname(folder)) throw new TypeError("package.json is missing.");
  }
}
