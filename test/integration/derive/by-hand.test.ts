import { expect, inject, onTestFinished, test } from "vitest";
import { compareGeneratedFiles } from "../../../src/migrations/generated-files.ts";
import { int, string } from "../../../src/models/field.ts";
import { type DocumentModel, defineModel } from "../../../src/models/model.ts";
import { createSqlFolder } from "../../support/sql-folder.ts";

const items = defineModel({
  name: "items",
  typeName: "Item",
  description: "An item.",
  key: "itemId",
  fields: { itemId: int("Number."), name: string("Name.") },
});
const notes = defineModel({
  name: "notes",
  typeName: "Note",
  description: "What is noted of an item, of which nobody can say why.",
  key: "noteId",
  fields: { noteId: int("Number."), note: string("Note.") },
});
const view = (name: string, text: string) => ({
  [`views/shop/${name}.sql`]: `-- purpose: a test\ncreate or replace sql security invoker view ${name} as\n${text};\n`,
});
const files = {
  "migrations/shop/0001-item.sql":
    "create table if not exists item (item_id int primary key, name varchar(20) not null, note varchar(20) not null);\n",
  ...view("items", "select item_id, name from item"),
  ...view("notes", "select item_id as note_id, note from item where rand() >= 0"),
};
const byHand = {
  "touched/shop/notes_touched_by_item.sql": `-- purpose: a test
-- model: notes
-- changes: item
create or replace sql security invoker view notes_touched_by_item as
select vitrine_id as change_id, 1 as document_id from vitrine_change_item;
`,
};

async function generate(models: readonly DocumentModel[], texts: Readonly<Record<string, string>>) {
  const folder = await createSqlFolder(texts);
  onTestFinished(() => folder.close());
  const domains = [{ name: "shop", description: "A shop.", models }];
  return new Map(
    (await compareGeneratedFiles(String(inject("mariadbUrl")), folder.dir, { domains })).map((one) => [
      one.file,
      one.text,
    ]),
  );
}
const captured = "triggers/shop/item_after_update_capture.sql";

test("what no document shows is ignored, unless a view shows nobody knows what", async () => {
  expect((await generate([items], files)).get(captured)).toContain('{"table":"item","ignore":["note"]}');
  const both = await generate([items, notes], { ...files, ...byHand });
  expect(both.get(captured)).toContain('-- captured: {"table":"item"}\n');
});

test("a touched view that is written by hand stays as it is; without one the view is refused by name", async () => {
  const both = await generate([items, notes], { ...files, ...byHand });
  expect([...both.keys()].filter((file) => file.startsWith("touched/"))).toEqual([
    "touched/shop/items_touched_by_item.sql",
  ]);
  await expect(generate([items, notes], files)).rejects.toMatchObject({
    code: "MIGRATION_FAILED",
    message: expect.stringMatching(/notes.*rand\(\).*notes_touched_by_<table>\.sql by hand/),
  });
});
