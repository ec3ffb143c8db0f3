import { noteSources, readNotedSources } from "../core/capture-notes.ts";
import { readTouchedViews } from "../core/change-tables.ts";
import { readMirroredShapes } from "../core/model-state.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { shapeHash } from "../stores/mongodb/mirror-schema.ts";
import { compareSources, describeAltered, nameOf, readSources } from "./sources.ts";

/** What a look at the tables, views and routines showed that documents are made of. */
export interface SourceLook {
  /** Mirrored as those said before, and not as they say now. */
  readonly models: readonly string[];
  /** What is another one now: `table order`, `view sales`. */
  readonly changed: readonly string[];
  /** The same in words: `order (without total)`. */
  readonly told: readonly string[];
  /** To be called when a rebuild of the models is due, and not before: what was changed is not told again. */
  note(db: Pick<Queryable, "run">): Promise<void>;
}

export interface SourceLookOptions {
  /**
   * By which definition documents are to be mirrored. A model whose shape is another one than the mirror's is not told for
   * the sake of a text: whoever adopts the shape has it rebuilt, and until then the mirror is right for those who know
   * the one before.
   */
  readonly models?: readonly DocumentModel[];
  /** Look at the tables that were there before and nothing else: the texts are just being replaced. */
  readonly tablesOnly?: boolean;
}

/**
 * Finds the models that read, through whatever views and functions, something that is not as it was when they were
 * mirrored, though no trigger could log a write: by what the server makes of it, so that a new comment is no change. What
 * was dropped or exchanged counts, and a table that was written anew (`optimize table`) too: it cannot be told from
 * one that was swapped or emptied. The first look notes what there is: of what was mirrored before, nobody knows from what.
 * @returns undefined in a database without a place for such notes
 */
export async function findOutdatedModels(
  db: Queryable,
  { models = [], tablesOnly = false }: SourceLookOptions = {},
): Promise<SourceLook | undefined> {
  const noted = await readNotedSources(db);
  if (noted === undefined) return undefined;
  const now = await readSources(db);
  if (noted.size === 0)
    return {
      models: tablesOnly ? [] : (await readMirroredShapes(db, "trusted")).map(({ model }) => model),
      changed: [],
      told: [],
      note: (to) => noteSources(to, tablesOnly ? [] : [...now.keys()], now),
    };
  const { rows, texts, grown } = compareSources(noted, now);
  const shapes = new Map(models.map((model) => [model.name, shapeHash(model)]));
  const outdated = [
    ...(await findModels(db, rows, () => true)),
    ...(tablesOnly
      ? []
      : await findModels(db, texts, ({ model, shape }) => (shapes.get(model) ?? shape) === shape)),
  ];
  const changed = [...rows, ...(tablesOnly ? [] : texts)];
  return {
    models: [...new Set(outdated)].sort(),
    changed,
    told: changed.map((object) => {
      const what = describeAltered(noted, now, object);
      return what === "" ? nameOf(object) : `${nameOf(object)} (${what})`;
    }),
    note: (to) => noteSources(to, [...changed, ...grown], now),
  };
}

interface Mirrored {
  readonly model: string;
  readonly shape: string;
}

/** The mirrored models whose view, or one of whose touched views, reads any of these objects. */
async function findModels(
  db: Queryable,
  objects: readonly string[],
  isMeant: (model: Mirrored) => boolean,
): Promise<readonly string[]> {
  if (objects.length === 0) return [];
  const [row] = await db.query<{ readers: string }>("select vitrine_find_readers(?) as readers", [
    JSON.stringify([...new Set(objects.map(nameOf))]),
  ]);
  // As the function writes it.
  const names = (JSON.parse(row?.readers ?? "[]") as readonly string[]).map((name) => name.toLowerCase());
  const readers = new Set(names);
  const mirrored = await readMirroredShapes(db);
  const views = await readTouchedViews(db);
  return mirrored
    .filter(({ model }) =>
      [model, ...(views.get(model) ?? [])].some((name) => readers.has(name.toLowerCase())),
    )
    .filter(isMeant)
    .map(({ model }) => model);
}
