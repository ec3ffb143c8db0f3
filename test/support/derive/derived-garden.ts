import { type Catalogue, readCatalogue } from "../../../src/derive/catalogue.ts";
import type { Derivation, Refused } from "../../../src/derive/derivation.ts";
import { deriveTouched } from "../../../src/derive/derive-touched.ts";
import { prepareParser } from "../../../src/derive/read-view-text.ts";
import { readViews } from "../../../src/derive/read-views.ts";
import { Refusal } from "../../../src/derive/refusal.ts";
import { type Rules, soundRules } from "../../../src/derive/rules.ts";
import { tablesOf } from "../../../src/derive/tables-of.ts";
import { toCaptured } from "../../../src/derive/to-captured.ts";
import { printTouched } from "../../../src/migrations/print-touched.ts";
import { type MariaDb, quoteName } from "../../../src/stores/mariadb/mariadb.ts";
import { createRandom } from "../../faults/random.ts";
import { captureTables, noteTouched, touchBy } from "../capture.ts";
import { gardenOrder, gardenTables, gardenTexts } from "../garden/garden-tables.ts";
import { attempt, type Operation } from "../soundness.ts";
import { playRound, type RoundResult } from "./mirror-round.ts";
import { createRandomWrites, keyLimit } from "./random-writes.ts";
import type { Shape } from "./shape.ts";

/** A garden whose views have touched views that were derived. */
export interface DerivedGarden {
  readonly catalogue: Catalogue;
  derivation(shape: Shape): Derivation | Refused;
  /** Puts other touched views in place of the derived ones: by table, a select. */
  replaceTouched(shape: Shape, selects: Readonly<Record<string, string>>): Promise<void>;
  /** Plays a round of random writes to the tables that the view reads. */
  play(shape: Shape, seed: number): Promise<RoundResult>;
}

const viewOf = (index: number): string => `shape_${index}`;

/** Makes the tables of the garden, with a few rows: most keys have one. */
export async function createGarden(admin: MariaDb): Promise<void> {
  await prepareParser();
  await admin.query(gardenTables);
  const writes = createRandomWrites(await readCatalogue(admin), gardenOrder, gardenTexts, createRandom(1));
  await admin.withConnection(async (connection) => {
    // Few rows hold on to plants, so that plants can go.
    for (const table of gardenOrder)
      for (let row = 0; row < (/^(?:harvest|plant_tag)$/.test(table) ? 3 : keyLimit + 3); row += 1)
        await attempt(connection, writes.insert(table, 1 + (row % keyLimit)));
  });
}

/** Makes views over the garden, and all that is derived from them; under rules that are not all kept, for tests of these. */
export async function deriveGarden(
  admin: MariaDb,
  shapes: readonly Shape[],
  rules: Rules = soundRules,
): Promise<DerivedGarden> {
  const catalogue = await readCatalogue(admin);
  const derivations = new Map<Shape, Derivation | Refused>();
  const reads = new Map<Shape, readonly string[]>();
  for (const [index, shape] of shapes.entries()) {
    for (const [name, sql] of Object.entries(shape.beneath ?? {}))
      await admin.query(`create or replace view ${quoteName(name)} as ${sql}`);
    await admin.query(`create or replace view ${viewOf(index)} as ${shape.sql}`);
    const views = await readViews(admin, viewOf(index));
    const derived = deriveTouched({ view: viewOf(index), keyColumn: "document_id", views, catalogue, rules });
    derivations.set(shape, derived);
    const seen = [...views.values()].flatMap((view) => (view instanceof Refusal ? [] : tablesOf(view)));
    const read = shape.writes ?? seen;
    reads.set(
      shape,
      [...new Set(read)].filter((table) => catalogue.has(table)),
    );
  }
  const derived = [...derivations.values()].filter((one) => one.kind === "derived");
  // A mistaken derivation may not know what others compare.
  const captured = toCaptured(derived, catalogue).map(({ table, keys = [], ignore = [] }) => ({
    ...{ table, keys, ignore: rules === soundRules ? ignore : [] },
  }));
  await captureTables(admin, captured, { triggers: true });
  for (const one of derived) await addTouchedViews(admin, one);
  const derivation = (shape: Shape) => {
    const found = derivations.get(shape);
    if (!found) throw new Error(`There is no shape ${shape.title}.`);
    return found;
  };
  return {
    catalogue,
    derivation,
    replaceTouched: async (shape, selects) => {
      for (const [table, select] of Object.entries(selects))
        await touchBy(admin, viewOf(shapes.indexOf(shape)), table, select);
    },
    play: (shape, seed) => {
      const view = viewOf(shapes.indexOf(shape));
      return play(admin, { shape, view, catalogue, tables: reads.get(shape) ?? [] }, seed);
    },
  };
}

/** Makes the touched views of a derivation, in place of those that were there. */
export async function addTouchedViews(admin: MariaDb, derivation: Derivation): Promise<void> {
  await admin.run("delete from vitrine_touched_view where model = ?", [derivation.view]);
  for (const { table, text } of printTouched(derivation)) {
    await admin.query(text);
    await noteTouched(admin, derivation.view, table);
  }
}

interface Played {
  readonly shape: Shape;
  readonly view: string;
  readonly catalogue: Catalogue;
  /** Which it reads, itself or through views. */
  readonly tables: readonly string[];
}

async function play(
  admin: MariaDb,
  { shape, view, catalogue, tables }: Played,
  seed: number,
): Promise<RoundResult> {
  const random = createRandom(seed);
  const mine = createRandomWrites(catalogue, tables, gardenTexts, random);
  // Rows of other tables hold on to rows: now and then these go too.
  const all = createRandomWrites(catalogue, gardenOrder, gardenTexts, random);
  const next = () => (random.below(4) === 0 ? all : mine).next();
  const zone = (): readonly Operation[] =>
    shape.zones ? [{ sql: `set time_zone = '${random.pick(["+00:00", "+02:00"])}'`, values: [] }] : [];
  const shuffled = tables.filter(() => random.below(4) > 0);
  const before = [...shuffled.map(mine.shuffle), ...Array.from({ length: random.below(6) }, next)];
  const later = Array.from({ length: 1 + random.below(6) }, () => [...zone(), next()]).flat();
  const utc = shape.zones ? [{ sql: "set time_zone = '+00:00'", values: [] }] : [];
  return playRound(admin, view, { before, writes: [...later, ...utc] }, random);
}
