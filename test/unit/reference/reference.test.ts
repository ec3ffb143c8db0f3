import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { loadProject } from "../../../src/load-project.ts";
import { renderReference } from "../../../src/reference/reference-pages.ts";
import { readHeader, readParameters, readSignals, readTables } from "../../../src/reference/sql-source.ts";

test("every generated file is what the sources give: run `npm run generate`", async () => {
  const pages = await renderReference(await loadProject("vitrine.config.ts"));
  const stale: string[] = [];
  for (const [file, text] of pages)
    if ((await readFile(file, "utf8").catch(() => "")) !== text) stale.push(file);
  expect(stale).toEqual([]);
});

test("a table is read with what the comments above it and its columns say", () => {
  const text = `-- The file.

-- What is in the pot.
-- And since when.
create table if not exists pot (
    pot_id int not null,
    -- Kind of tea.
    tea varchar(20) not null default 'green, black',
    row_start bigint unsigned generated always as row start invisible,
    primary key (pot_id),
    -- for: pots of a kind
    key pot_tea_ix (tea)
) engine = InnoDB;
`;
  expect(readTables(text)).toEqual([
    {
      name: "pot",
      description: "What is in the pot. And since when.",
      columns: [
        { name: "pot_id", definition: "int not null", description: "" },
        {
          name: "tea",
          definition: "varchar(20) not null default 'green, black'",
          description: "Kind of tea.",
        },
      ],
    },
  ]);
});

test("a routine is read with its header, its parameters and the errors that it signals", () => {
  const text = `-- purpose: pour tea
-- into a cup
-- reads: pot
create or replace procedure pour_tea(
    in_pot int, -- which
    in_price decimal(10,2)
)
begin
    if in_pot is null then
        signal sqlstate '45000' set mysql_errno = 31000, message_text = 'There''s no such pot.';
    end if;
end
`;
  expect(readHeader(text)).toEqual({ purpose: "pour tea into a cup", reads: "pot" });
  expect(readParameters(text)).toBe("in_pot int, in_price decimal(10,2)");
  expect(readSignals(text)).toEqual([{ number: "31000", message: "There's no such pot." }]);
});
