import type { CubeModel } from "../models/cube.ts";
import { compareKeys, comparePlaces, fieldOf, type SortKey, toSortKey } from "./cube-order.ts";
import type { CubeQuery, Group, TopPerGroup } from "./cube-store.ts";
import { partitionOf } from "./cube-windows.ts";
import { keepFirst } from "./keep-first.ts";
import { toPartition } from "./required-values.ts";

/** The groups that are wanted of many, in their order. */
export interface Chosen {
  add(group: Group): void;
  all(): readonly Group[];
}

interface Sortable {
  readonly group: Group;
  /** Of the terms that are ordered by: computed once, not once per comparison. */
  readonly keys: readonly SortKey[];
}

/** The first groups by an order, whose ties the keys decide. */
export function chooseFirst(
  cube: CubeModel,
  query: CubeQuery,
  { orderBy, limit, withTies }: Pick<CubeQuery, "orderBy" | "limit" | "withTies">,
): Chosen {
  const first = keepFirst<Sortable>(limit, {
    wanted: (left, right) => compareKeys(left.keys, right.keys, orderBy),
    total: (left, right) =>
      compareKeys(left.keys, right.keys, orderBy) || comparePlaces(cube, query, left.group, right.group),
    withTies,
  });
  return {
    add: (group) =>
      first.add({
        group,
        keys: orderBy.map(({ field }) => toSortKey(fieldOf(cube, field), group.values[field] ?? null)),
      }),
    all: () => first.all().map(({ group }) => group),
  };
}

/** The first groups within each value of some dimensions, and of these the first of the query. */
export function chooseTop(cube: CubeModel, query: CubeQuery, top: TopPerGroup): Chosen {
  const parts = new Map<string, Chosen>();
  const by = toPartition(cube, top.by, { orderBy: top.orderBy });
  return {
    add(group) {
      const name = partitionOf(query, group, by);
      const part = parts.get(name) ?? chooseFirst(cube, query, { ...top, withTies: false });
      parts.set(name, part);
      part.add(group);
    },
    all() {
      const chosen = chooseFirst(cube, query, query);
      for (const part of parts.values()) for (const group of part.all()) chosen.add(group);
      return chosen.all();
    },
  };
}
