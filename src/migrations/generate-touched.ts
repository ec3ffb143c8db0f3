import { type Catalogue, readCatalogue } from "../derive/catalogue.ts";
import type { Derivation } from "../derive/derivation.ts";
import { deriveTouched } from "../derive/derive-touched.ts";
import { prepareParser } from "../derive/read-view-text.ts";
import { readViews } from "../derive/read-views.ts";
import { toCaptured } from "../derive/to-captured.ts";
import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import type { CapturedTable, Domain } from "../models/project.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import type { GeneratedFile } from "./export-procedures.ts";
import { printTouched } from "./print-touched.ts";
import { mergeCaptured } from "./read-captured.ts";
import { readSqlFiles } from "./sql-files.ts";
import { readTouchedFiles } from "./touched-files.ts";

/** What is derived from the views of a domain's models. */
export interface DerivedDomain {
  /** The touched views but those that are written by hand. */
  readonly files: readonly GeneratedFile[];
  /** With what the domain declares. */
  readonly captured: readonly CapturedTable[];
}

type Derivable = Pick<Domain, "name"> & Partial<Pick<Domain, "models" | "captured">>;

/**
 * Derives from the models' views, as they stand in the current database, which documents a row of each table may alter,
 * and what capture must log for that. A table is captured by the domain that makes it.
 * @throws VitrineError MIGRATION_FAILED for a view of which that cannot be said, with the construct and the remedy
 */
export async function deriveDomains(
  db: Queryable,
  sqlDir: string,
  domains: readonly Derivable[],
): Promise<ReadonlyMap<string, DerivedDomain>> {
  await prepareParser();
  const catalogue = await readCatalogue(db);
  const files = new Map<string, readonly GeneratedFile[]>();
  const derived: (readonly [domain: string, derivation: Derivation])[] = [];
  /** Nobody knows which columns a view shows that cannot be derived. */
  let isOneUnknown = false;
  const byHand = (await readTouchedFiles(sqlDir, domains)).filter((file) => !file.isGenerated);
  for (const { name: domain, models = [] } of domains) {
    const texts: GeneratedFile[] = [];
    for (const model of models) {
      const own = byHand.filter((file) => file.model === model.name);
      const derivation = await derive(db, model, catalogue, own.length > 0 ? null : domain);
      isOneUnknown ||= !derivation;
      if (!derivation) continue;
      derived.push([domain, derivation]);
      for (const { table, view, text } of printTouched(derivation))
        if (!own.some(({ source }) => source === table))
          texts.push({ file: `touched/${domain}/${view}.sql`, text });
    }
    files.set(domain, texts);
  }
  const found = toCaptured(
    derived.map(([, derivation]) => derivation),
    catalogue,
  ).map(({ ignore, ...captured }) => (isOneUnknown || !ignore ? captured : { ...captured, ignore }));
  const makerOf = await readMakers(sqlDir, domains);
  const captured = assign(makerOf, derived, found);
  return new Map(
    domains.map(({ name, captured: declared = [] }) => [
      name,
      {
        files: files.get(name) ?? [],
        captured: mergeCaptured([...(captured.get(name) ?? []), ...declared]).map((one) =>
          makerOf(one.table) === undefined ? { ...one, lent: true } : one,
        ),
      },
    ]),
  );
}

/** Why a view cannot be derived, with what can be done instead. */
export const withByHand = (reason: string, model: string, domain: string): string =>
  `${reason} Or write touched/${domain}/${model}_touched_by_<table>.sql by hand (docs/how-to/add-a-model.md).`;

/** Undefined for a view that cannot be derived and need not be: its touched views are written by hand, so `domain` is null. */
async function derive(
  db: Queryable,
  model: DocumentModel,
  catalogue: Catalogue,
  domain: string | null,
): Promise<Derivation | undefined> {
  const keyColumn = model.columns[model.key] ?? "";
  const views = await readViews(db, model.name);
  const columns = Object.values(model.columns);
  const found = deriveTouched({ view: model.name, keyColumn, columns, views, catalogue });
  if (found.kind === "derived") return found;
  if (domain === null) return undefined;
  throw new VitrineError("MIGRATION_FAILED", withByHand(found.reason, model.name, domain), {
    details: { model: model.name },
  });
}

/** Answers which domain's migrations make a table; undefined: nobody's. */
async function readMakers(
  sqlDir: string,
  domains: readonly Derivable[],
): Promise<(table: string) => string | undefined> {
  const { versioned } = await readSqlFiles(
    sqlDir,
    domains.map(({ name }) => name),
  );
  const makes = (domain: string, table: string) =>
    versioned.some(
      (file) =>
        file.domain === domain &&
        new RegExp(
          `\\bcreate\\s+(?:or\\s+replace\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?\`?${table.replaceAll(/[^\w]/g, "\\$&")}(?!\\w)`,
          "i",
        ).test(file.text),
    );
  return (table) => domains.find(({ name }) => makes(name, table))?.name;
}

/** What to capture, by the domain whose migrations make the table; of nobody's table, by the first that reads it. */
function assign(
  makerOf: (table: string) => string | undefined,
  derived: readonly (readonly [domain: string, derivation: Derivation])[],
  all: readonly CapturedTable[],
): ReadonlyMap<string, readonly CapturedTable[]> {
  const byDomain = new Map<string, CapturedTable[]>();
  for (const captured of all) {
    const reader = derived.find(([, { tables }]) =>
      tables.some(({ table }) => table === captured.table),
    )?.[0];
    const owner = makerOf(captured.table) ?? reader ?? "";
    byDomain.set(owner, [...(byDomain.get(owner) ?? []), captured]);
  }
  return byDomain;
}
