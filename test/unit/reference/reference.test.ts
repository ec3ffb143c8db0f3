import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { loadProject } from "../../../src/load-project.ts";
import { renderReference } from "../../../src/reference/reference-pages.ts";
import { readReturns, readViewColumns } from "../../../src/reference/sql-columns.ts";
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
    row_start timestamp(6) generated always as row start invisible,
    primary key (pot_id),
    -- for: pots of a kind
    key pot_tea_ix (tea)
) engine = InnoDB;
`;
  const added = "-- for: one tea\ncreate unique index if not exists pot_tea_uk on `pot` (tea, pot_id);\n";
  const changed = "alter table pot\n    add column if not exists lid int null;\n";
  const dropped = "alter table pot\n    drop column if exists lid;\n";
  expect(readTables([text, added, changed])[0]?.columns.map(({ name }) => name)).toContain("lid");
  expect(readTables([text, added, changed, dropped])).toEqual([
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
      indexes: [
        { name: "primary", columns: "pot_id", unique: true, description: "" },
        { name: "pot_tea_ix", columns: "tea", unique: false, description: "pots of a kind" },
        { name: "pot_tea_uk", columns: "tea, pot_id", unique: true, description: "one tea" },
      ],
    },
  ]);
});

test("a routine is read with its header, its parameters and the errors that it signals", () => {
  const text = `-- purpose: pour tea
-- into a cup
-- Never too hot.
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
  expect(readHeader(text)).toEqual({ purpose: "pour tea into a cup. Never too hot.", reads: "pot" });
  expect(readParameters(text)).toBe("in_pot int, in_price decimal(10,2)");
  expect(readSignals(text)).toEqual([{ number: "31000", messages: ["There's no such pot."] }]);
});

test("an error is read from the header, with what it says: by a call, in parts, from a variable, or elsewhere", () => {
  const text = `-- purpose: pour
-- signals: 31000, 31001, 31002, 31003
create or replace procedure pour(in_pot int)
begin
    call refuse(31000, 'The pot is missing.', 'pot', null);
    call refuse(31000, 'The pot, that one, is missing.');
    call refuse(
        31001, concat('There is no pot ', in_pot, ' of ', v_kind, '.'), 'pot', concat('pot = ', in_pot));
    call fill(99000, 'not an error');
    set v_message = concat('Pot ', in_pot, ' is empty.');
    signal sqlstate '45000' set mysql_errno = 31002, message_text = v_message,
        column_name = 'pot';
end
`;
  expect(readSignals(text)).toEqual([
    { number: "31000", messages: ["The pot is missing.", "The pot, that one, is missing."] },
    { number: "31001", messages: ["There is no pot … of …."] },
    { number: "31002", messages: ["Pot … is empty."] },
    { number: "31003", messages: [] },
  ]);
});

test("the columns of a view are read, however they are computed", () => {
  const text = `-- purpose: teas
create or replace sql security invoker view tea as
with kind as (select name from pot union select 'none')
select
    kind.name,
    \`order\`.\`from\` as \`begin\`, -- select, from
    (select max(x) from pot where y in (1, 2)) as most,
    case when a = 'from, b' then 1 else 2 end as choice,
    concat(a, ', ', b) as text
from kind join \`order\`
union all
select 1, 2, 3, 4, 5 from dual
`;
  expect(readViewColumns(text)).toEqual(["name", "begin", "most", "choice", "text"]);
});

test("what a routine returns is read: its rows, not what it keeps for itself", () => {
  const body = `create or replace procedure pour(in_pot int)
modifies sql data
begin
    declare v_lines cursor for select pot_id from pot;
    select tea, kind into v_tea, v_kind from pot where pot_id in (select 1);
    insert into cup (tea) select tea from pot;
    if v_tea is null then
        select pot_id, v_tea as tea from pot;
    end if;
    select count(*) as cups, (select max(pot_id) from pot) as last_pot;
end
`;
  expect(readReturns(body)).toEqual(["pot_id, tea", "cups, last_pot"]);
  expect(readReturns("create or replace function f(in_a int) returns decimal(6,5)\nreturn 1;")).toEqual([
    "decimal(6,5)",
  ]);
  expect(
    readReturns(
      "create or replace procedure p()\n  sql security invoker\nset statement a = 1 for\nselect document from v;",
    ),
  ).toEqual(["document"]);
  expect(readReturns("create or replace procedure p()\nmodifies sql data\nupdate pot set a = 1;")).toEqual(
    [],
  );
});
