import { expect, test } from "vitest";
import { describeColumns } from "../../../src/exports/describe-columns.ts";
import * as f from "../../../src/models/field.ts";

test("the columns of a file are listed in their order with their types, nested ones too, links are not", () => {
  const line = f.object("PotLine", "A line.", { price: f.decimal("Paid.", 2, { nullable: true }) });
  expect(
    describeColumns({
      potId: f.bigint("Number."),
      made: f.date("Day.", { nullable: true }),
      lines: f.list("Lines.", line),
      tags: f.list("Tags.", f.string("Tag.")),
      owner: f.object("PotOwner", "Owner.", { at: f.dateTime("Moment.") }),
      other: f.link("pot", { key: "potId" }),
    }),
  ).toEqual([
    { name: "potId", type: "bigint", nullable: false },
    { name: "made", type: "date", nullable: true },
    {
      name: "lines",
      type: "list",
      item: { type: "object", columns: [{ name: "price", type: "decimal", scale: 2, nullable: true }] },
      nullable: false,
    },
    { name: "tags", type: "list", item: { type: "string" }, nullable: false },
    {
      name: "owner",
      type: "object",
      columns: [{ name: "at", type: "dateTime", nullable: false }],
      nullable: false,
    },
  ]);
});
