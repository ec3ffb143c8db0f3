import { int, string } from "../src/models/field.ts";
import { type DocumentModel, defineModel } from "../src/models/model.ts";
import type { MariaDb } from "../src/stores/mariadb/mariadb.ts";
import { captureTables, touchBy } from "../test/support/capture.ts";

/** Models of no shop, each over a table of its own. */
export const thingModels = (count: number): readonly DocumentModel[] =>
  Array.from({ length: count }, (_, index) =>
    defineModel({
      name: `things_${index}`,
      typeName: `Thing${index}`,
      description: "A thing.",
      key: "thingId",
      fields: { thingId: int("Number."), label: string("Label.") },
    }),
  );

/** Makes their tables, with a hundred rows each, and what captures their changes. */
export async function createThings(admin: MariaDb, count: number): Promise<void> {
  for (const [index] of thingModels(count).entries()) {
    const table = `thing_${index}`;
    await admin.query(`
      create table ${table} (thing_id int primary key, label varchar(20) not null);
      insert into ${table} select seq, 'a' from seq_1_to_100;
      create view things_${index} as select thing_id, label from ${table}`);
    await captureTables(admin, [{ table }], { triggers: true });
    const touched = `select vitrine_id as change_id, thing_id as document_id from vitrine_change_${table}`;
    await touchBy(admin, `things_${index}`, table, touched);
  }
}
