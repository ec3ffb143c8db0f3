import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** Of each versioned migration that somebody may have applied, as `sha256sum` writes it, names below `sql/migrations`. */
const list = readFileSync(new URL("./released-migrations.sha256", import.meta.url), "utf8");
const folder = fileURLToPath(new URL("../../../sql/migrations", import.meta.url));

const released = list
  .trimEnd()
  .split("\n")
  .map((line) => ({ hash: line.slice(0, 64), name: line.slice(66) }));
const names = released.map(({ name }) => name);

test.each(released)("$name says what it said when it was released", ({ hash, name }) => {
  const file = join(folder, name);
  const text = existsSync(file) ? readFileSync(file) : "";
  const now = createHash("sha256").update(text).digest("hex");
  const remedy = `${name} was released with another text, which databases have applied: bring that back, and add a new migration instead.`;
  expect(now, remedy).toBe(hash);
});

test("no migration comes before one that was released: databases would never apply it in its order", () => {
  const domains = readdirSync(folder);
  const files = domains.flatMap((domain) =>
    readdirSync(join(folder, domain))
      .filter((file) => file.endsWith(".sql") && !file.endsWith(".down.sql"))
      .map((file) => `${domain}/${file}`),
  );
  expect(files.length).toBeGreaterThanOrEqual(names.length);
  const late = files.filter(
    (file) => !names.includes(file) && names.some((name) => dirname(name) === dirname(file) && name > file),
  );
  expect(late, "Give it a number after those that were released, or its line in the list.").toEqual([]);
});

test("the list of released migrations is sorted, and names each once", () => {
  expect(names).toEqual([...new Set(names)].sort());
  expect(released.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
});
