import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { posImport } from "../../src/domains/pos/import.ts";
import * as models from "../../src/domains/pos/models/index.ts";
import { generatePos } from "../../src/domains/pos/sample/generate.ts";
import { defineDomain, defineProject } from "../../src/models/project.ts";

/** The shop, and what its import needs. */
export const shopDomain = defineDomain({
  name: "pos",
  description: "A furniture retailer's point of sale.",
  models: Object.values(models),
  captured: [],
  imports: { files: posImport },
  generate: generatePos,
});

export const shopProject = defineProject({ sql: "sql", domains: [shopDomain] });

/** One order of each kind, by Ada of Houston and Ben of Cabo Rojo. */
const files = {
  "customers.csv": `ID,FN,LN,CT,ST,ZP,S1,S2,EM,BD
0,Ada,Lovelace,Houston,TX,77001,1 Main St,,ada@example.com,12/10/1975
1,Ben,O'Brien,Cabo Rojo,PR,00678,2 Oak Ave,Apt 3,ben@example.com,
`,
  "orders.csv": `OID,CID,Ordered,Shipped
0,0,2005-01-01 10:00:00,2005-01-05 12:30:00
1,1,2005-01-02 11:00:00,Cancelled
2,0,2005-01-03 12:00:00,
`,
  "orderlines.csv": `OID,PID
0,0
0,0
0,1
1,1
2,0
`,
  "products.csv": `ID,Name,Price,"Quantity on Hand"
0,Chair,$42.99,10
1,Table,"$1,279.99",2
`,
  "TAXRATES.csv": `State,ZipCode,TaxRegionName,EstimatedCombinedRate,StateRate,EstimatedCountyRate,EstimatedCityRate,EstimatedSpecialRate,RiskLevel
TX,77001,HOUSTON,0.0825,0.0625,0.01,0.01,0,1
PR,678,CABO ROJO,0.115,0.105,0,0.01,0,2
`,
} as const;

export type ShopFile = keyof typeof files;
/** Instead of a file's text: other text or bytes, a change of the text, or null for no file. */
export type ShopFileChange = string | Buffer | null | ((text: string) => string | Buffer);

/** Writes the five files into a folder of its own, which goes when the test ends. */
export async function writeShopFiles(
  changes: Partial<Record<ShopFile, ShopFileChange>> = {},
): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-shop-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  for (const [file, text] of Object.entries(files)) {
    // The keys of `files` are exactly ShopFile.
    const change = changes[file as ShopFile];
    if (change === null) continue;
    await writeFile(join(dir, file), typeof change === "function" ? change(text) : (change ?? text));
  }
  return dir;
}
