import { type Catalogue, readCatalogue } from "../../../src/derive/catalogue.ts";
import type { Derivation, Refused } from "../../../src/derive/derivation.ts";
import { deriveTouched } from "../../../src/derive/derive-touched.ts";
import { printTouched } from "../../../src/derive/print-touched.ts";
import { prepareParser } from "../../../src/derive/read-view-text.ts";
import { readViews } from "../../../src/derive/read-views.ts";
import { type Rules, soundRules } from "../../../src/derive/rules.ts";
import { toCaptured } from "../../../src/derive/to-captured.ts";
import { generateCaptureTriggers } from "../../../src/migrations/capture-triggers.ts";
import { type MariaDb, quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import { createRandom } from "../../faults/random.ts";
import type { Operation } from "../soundness.ts";
import { gardenOrder, gardenTables, gardenTexts } from "./garden.ts";
import { playRound, type RoundResult } from "./mirror-round.ts";
import { createRandomWrites, keyLimit } from "./random-writes.ts";
import type { Shape } from "./shape.ts";

/** A garden whose views have touched views that were derived. */
export interface DerivedGarden {
  readonly catalogue: Catalogue;
  derivation(shape: Shape): Derivation | Refused;
  /** Plays a round of random writes to the tables that the view reads. */
  play(shape: Shape, seed: number): Promise<RoundResult>;
}

const viewOf = (index: number): string => `shape_${index}`;

/** Makes the garden, the views, and all that is derived from them: under rules that are not all kept, for tests of these. */
export async function openDerivedGarden(
  admin: MariaDb,
  shapes: readonly Shape[],
  rules: Rules = soundRules,
): Promise<DerivedGarden> {
  await prepareParser();
  await admin.query(gardenTables);
  const catalogue = await readCatalogue(admin);
  const derivations = new Map<Shape, Derivation | Refused>();
  for (const [index, shape] of shapes.entries()) {
    for (const [name, sql] of Object.entries(shape.beneath ?? {}))
      await admin.query(`create or replace view ${quoteName(name)} as ${sql}`);
    await admin.query(`create or replace view ${viewOf(index)} as ${shape.sql}`);
    const views = await readViews(admin, viewOf(index));
    const derived = deriveTouched({ view: viewOf(index), keyColumn: "document_id", views, catalogue, rules });
    derivations.set(shape, derived);
    if (derived.kind === "derived") await admin.query(printTouched(derived));
  }
  const derived = [...derivations.values()].filter((one) => one.kind === "derived");
  const captured = toCaptured(derived, catalogue);
  for (const { text } of await generateCaptureTriggers(admin, { name: "garden", captured }))
    await admin.query(text);
  const derivation = (shape: Shape) => {
    const found = derivations.get(shape);
    if (!found) throw new Error(`There is no shape ${shape.title}.`);
    return found;
  };
  return {
    catalogue,
    derivation,
    play: (shape, seed) => play(admin, { shape, view: viewOf(shapes.indexOf(shape)), catalogue, derivation }, seed),
  };
}

interface Played {
  readonly shape: Shape;
  readonly view: string;
  readonly catalogue: Catalogue;
  derivation(shape: Shape): Derivation | Refused;
}

async function play(admin: MariaDb, { shape, view, catalogue, derivation }: Played, seed: number): Promise<RoundResult> {
  const derived = derivation(shape);
  if (derived.kind === "refused") throw new Error(derived.reason);
  const random = createRandom(seed);
  const tables = derived.tables.map((use) => use.table);
  const writes = createRandomWrites(catalogue, tables, gardenTexts, random);
  const all = createRandomWrites(catalogue, gardenOrder, gardenTexts, random);
  const zone = (): readonly Operation[] =>
    shape.zones ? [{ sql: `set time_zone = '${random.pick(["+00:00", "+02:00"])}'`, values: [] }] : [];
  const before = [
    // Most keys have a row.
    ...gardenOrder.flatMap((table) =>
      Array.from({ length: keyLimit + random.below(3) }, (_, index) => all.insert(table, 1 + (index % keyLimit))),
    ),
    ...Array.from({ length: random.below(6) }, () => writes.next()),
  ];
  const later = Array.from({ length: 1 + random.below(6) }, () => [...zone(), writes.next()]).flat();
  const utc = shape.zones ? [{ sql: "set time_zone = '+00:00'", values: [] }] : [];
  return playRound(admin, view, { before, writes: [...later, ...utc] }, random);
}

