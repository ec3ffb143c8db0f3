import { type Instance, instancesOf } from "./block.ts";
import type { DeriveOptions } from "./derive-touched.ts";
import { Refusal } from "./refusal.ts";
import { soundRules } from "./rules.ts";
import { walkWorlds } from "./walk-worlds.ts";

/** Uses of tables, as the view calls them. */
export interface AliasesBehind {
  /** Those that the column is computed from. */
  readonly own: ReadonlySet<string>;
  /** Also those that lead there, and those that decide which rows there are. */
  readonly all: ReadonlySet<string>;
}

/**
 * The tables that a column of a view cannot be told without.
 * @returns null when the view's text does not tell
 */
export function findAliasesBehind(
  column: string,
  { view, views, catalogue, rules = soundRules }: Omit<DeriveOptions, "keyColumn" | "columns">,
): AliasesBehind | null {
  const query = views.get(view);
  if (query === undefined || query instanceof Refusal) return null;
  try {
    const worlds = walkWorlds({ query, keyColumn: column, columns: [] }, { catalogue, views, rules });
    const own: Instance[] = [];
    const all: Instance[] = [];
    for (const { root, id } of worlds) {
      const instances = instancesOf(id);
      if (instances === null) return null;
      own.push(...instances);
      all.push(...root.instances, ...[...instances].flatMap(instancesAbove));
    }
    return { own: toAliases(own), all: toAliases(all) };
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** All that stands in the blocks around an instance. */
function instancesAbove({ block }: Instance): readonly Instance[] {
  const found: Instance[] = [];
  for (let one: Instance["block"] | null = block; one !== null; one = one.parent)
    found.push(...one.instances);
  return found;
}

const toAliases = (instances: readonly Instance[]): ReadonlySet<string> =>
  new Set(instances.map(({ alias }) => alias));
