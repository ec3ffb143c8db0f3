import { verifyModel } from "../../src/mirror/verify/verify.ts";
import type { DocumentModel } from "../../src/models/model.ts";
import { openMariaDb } from "../../src/stores/mariadb/mariadb.ts";
import { openMongoDb } from "../../src/stores/mongodb/mongodb.ts";
import { compareShop } from "../support/comparator.ts";
import type { Ledger } from "./ledger.ts";

/** Three looks at a mirror that nothing is on its way to. */
export interface Findings {
  /** Documents compared by the comparator. */
  readonly compared: number;
  /** What the comparator, which shares no code with the product, found to differ from the base tables. */
  readonly wrong: readonly string[];
  /** What `verify --deep` proves or cannot settle. */
  readonly defects: readonly string[];
  /** Rows whose acknowledged state the mirror does not show. */
  readonly lost: readonly string[];
}

/**
 * What the comparator, the product's own verification and the ledger say now. `mirrored`: the models that the
 * comparator looks at; all when it is not given.
 */
export async function inspect(
  urls: { readonly mariadb: string; readonly mongodb: string },
  ledger: Ledger,
  verified: readonly DocumentModel[],
  mirrored?: readonly string[],
): Promise<Findings> {
  const { disagreements, compared } = await compareShop(urls.mariadb, urls.mongodb, mirrored);
  return {
    compared,
    wrong: disagreements.map((one) => JSON.stringify(one)),
    defects: await verifyDeep(urls, verified),
    lost: await ledger.findLost(urls.mongodb),
  };
}

async function verifyDeep(
  urls: { readonly mariadb: string; readonly mongodb: string },
  models: readonly DocumentModel[],
): Promise<readonly string[]> {
  const db = openMariaDb(urls.mariadb, { size: 3 });
  const mongo = openMongoDb(urls.mongodb);
  const found: string[] = [];
  try {
    for (const model of models) {
      const signal = new AbortController().signal;
      const report = await verifyModel({ db, mongo, model, deep: true, signal });
      for (const defect of report.defects) found.push(`verify: ${JSON.stringify(defect)}`);
      if (!report.isComplete) found.push(`verify: ${model.name} was never complete`);
      if (report.unsettled > 0) found.push(`verify: ${model.name}: ${report.unsettled} could not be settled`);
      if (report.rejected > 0) found.push(`verify: ${model.name}: ${report.rejected} are rejected`);
    }
  } finally {
    await Promise.all([db.close(), mongo.close()]);
  }
  return found;
}
