import { expect, test } from "vitest";
import type { SqlFiles } from "../../../src/migrations/sql-files.ts";
import { defineProject } from "../../../src/models/project.ts";
import { describeDictionary } from "../../../src/reference/dictionary.ts";

const text = `-- who bought
create table buyer (
    -- number
    id int not null,
    -- what they are called
    Name varchar(20) not null,
    -- where to reach them
    phone varchar(20) not null,
    primary key (id)
);
`;
const files: SqlFiles = {
  versioned: [
    {
      ...{ kind: "versioned", domain: "shop", name: "migrations/shop/0001-buyer.sql", text },
      ...{ hash: "", formerHashes: [], down: undefined },
    },
  ],
  repeatable: [],
};

test("a personal column is marked however its name is written, and whichever domain says so", () => {
  const shared = { models: [], description: "A shop." };
  const { domains } = defineProject({
    sql: "sql",
    domains: [
      { ...shared, name: "shop", personal: { Buyer: ["NAME"] } },
      { ...shared, name: "calls", uses: ["shop"], personal: { buyer: ["phone"] } },
    ],
  });
  const [table] = describeDictionary({ domains }, files).entries;
  expect(table?.fields.map(({ name, isPersonal }) => [name, isPersonal])).toEqual([
    ["id", false],
    ["Name", true],
    ["phone", true],
  ]);
});
