import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ImportOptions, type ImportSummary, importFiles } from "../../src/imports/import-files.ts";
import { int, string } from "../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../src/models/model.ts";
import { type Domain, defineDomain } from "../../src/models/project.ts";
import { captureTables, touchBy } from "./capture.ts";
import type { MirrorShop } from "./mirror-shop.ts";

/** What an import of parcels calls many. */
export const many = 100;

const modelOf = (name: string, typeName: string): DocumentModel =>
  defineModel({
    name,
    typeName,
    description: "A parcel.",
    key: "parcelId",
    fields: { parcelId: int("Number."), label: string("Label.") },
    batch: 50,
  });

/** A neighbour of the shop: two models of one table, which it reads no other. */
export const parcels = modelOf("parcels", "Parcel");
export const labels = modelOf("labels", "Label");

const file = { file: "parcels.csv", staging: "staging_parcel", columns: { Id: "id", Label: "label" } };

export const parcelDomain: Domain = defineDomain({
  name: "post",
  description: "Parcels.",
  models: [parcels, labels],
  imports: {
    parcels: { files: [file], procedures: ["count_parcels", "import_parcels"] },
    "parcels-and-product": {
      files: [file],
      procedures: ["count_parcels", "import_parcels", "rename_product"],
    },
  },
});

/** Makes the table, the models and the import of parcels beside a shop's; nothing of them is mirrored yet. */
export async function openParcels({ admin }: MirrorShop): Promise<void> {
  await admin.query(`
    create table parcel (parcel_id int primary key, label varchar(20) not null);
    create table staging_parcel (\`row_number\` bigint unsigned not null primary key, id varchar(500),
      label varchar(500), rest varchar(1000), fault varchar(200))`);
  for (const { name } of [parcels, labels])
    await admin.query(`create view ${name} as select parcel_id, label from parcel`);
  await captureTables(admin, [{ table: "parcel" }], { triggers: true });
  for (const { name } of [parcels, labels])
    await touchBy(
      admin,
      name,
      "parcel",
      "select vitrine_id as change_id, parcel_id as document_id from vitrine_change_parcel",
    );
  const staged = `staging_parcel as s left join parcel as p on p.parcel_id = cast(s.id as int)
    where s.fault is null and not (s.label <=> p.label)`;
  await admin.query(
    `create procedure count_parcels() select 'parcel' as table_name, count(*) as writing from ${staged}`,
  );
  await admin.query(
    `create procedure import_parcels() begin
      insert into parcel select cast(s.id as int), s.label from ${staged}
      on duplicate key update label = values(label);
      select 'parcel' as table_name, row_count() as inserted, 0 as updated, 0 as deleted;
    end`,
  );
  await admin.query(
    "create procedure rename_product() update product set name = concat(name, ' II') where product_id = 1",
  );
}

/** Imports parcels with these numbers and one label. */
export async function importParcels(
  admin: MirrorShop["admin"],
  { from, to, label }: { readonly from: number; readonly to: number; readonly label: string },
  more: Partial<ImportOptions> = {},
): Promise<ImportSummary> {
  const dir = await mkdtemp(join(tmpdir(), "vitrine-parcels-"));
  try {
    const lines = Array.from({ length: to - from + 1 }, (_, i) => `${from + i},${label}\n`);
    await writeFile(join(dir, "parcels.csv"), `Id,Label\n${lines.join("")}`);
    return await importFiles({ admin, domain: parcelDomain, name: "parcels", dir, bulkRows: many, ...more });
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** A promise, and what ends it. */
export function createGate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

/** Whether this statement commits an import of many rows. */
export const isFinal = (sql: string) => /begin not atomic[\s\S]*vitrine_state/.test(sql);
