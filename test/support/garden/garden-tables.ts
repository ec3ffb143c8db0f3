import { readFileSync } from "node:fs";

/** The statements that make the garden's tables. */
export const gardenTables = readFileSync(
  new URL("sql/migrations/garden/0001-tables.sql", import.meta.url),
  "utf8",
);

/** In the order in which foreign keys allow rows. */
export const gardenOrder = [
  "bed",
  "gardener",
  "species",
  "tag",
  "plant",
  "harvest",
  "plant_tag",
  "sign",
] as const;

/** What text columns hold: values that are equal in some collations and not in others, and numbers as text. */
export const gardenTexts = ["a", "A", "b", "b ", "B", "1", "01", "2", "a'\"\\"] as const;
