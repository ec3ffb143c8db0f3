import type { Column, Units } from "../shared/chart/chart-rows.ts";

/** What the gateway tells the page, as JSON in the element `settings`. */
export interface DashboardSettings {
  readonly dashboards: readonly Dashboard[];
  /** Files that are not served, and why. */
  readonly faults: readonly DashboardFault[];
}

export interface DashboardFault {
  /** Path of the file, from the project's folder on. */
  readonly file: string;
  readonly problems: readonly string[];
}

export interface Dashboard {
  /** In addresses: `pos-shop-now`. */
  readonly name: string;
  readonly domain: string;
  readonly title: string;
  readonly description: string;
  readonly filters: readonly Filter[];
  readonly tiles: readonly Tile[];
}

/** What the page can be narrowed to, by name. */
export type Filter = PeriodFilter | ChoiceFilter;

interface FilterBase {
  readonly name: string;
  readonly title: string;
}
export interface PeriodFilter extends FilterBase {
  readonly type: "period";
  readonly default: string;
}
export interface ChoiceFilter extends FilterBase {
  readonly type: "choice";
  /** Null: everything. */
  readonly default: string | null;
  /** Whether it may be left open. */
  readonly optional: boolean;
  /** Asked for the values: a column of its rows. */
  readonly values: { readonly query: string; readonly rows: readonly string[]; readonly column: string };
}

/** Where the value of a filter goes: `where.orderedOn.gte`, and the type of the place. */
export interface Place {
  readonly path: readonly string[];
  readonly type: string;
}

export interface Tile {
  readonly title: string;
  readonly description: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Path of the one list (or object) of the answer. */
  readonly rows: readonly string[];
  readonly columns: readonly Column[];
  readonly units: Units;
  /** Vega-Lite; null: figures when there is one row, else a table. */
  readonly spec: Readonly<Record<string, unknown>> | null;
  readonly size: TileSize;
  readonly live: Live;
  /** From a filter's name to the places of its value: of a period its first day and the day after its last. */
  readonly filters: Readonly<Record<string, readonly Place[]>>;
  /** Values of filters that the page does not change. */
  readonly fixed: Readonly<Record<string, string>>;
}

export type TileSize = "small" | "medium" | "wide";

export interface Subscription {
  readonly query: string;
  /** Variables that it has from the tile's operation: what narrows the rows narrows what is told. */
  readonly variables: readonly string[];
}

export interface Live {
  /** A subscription whose every event says that the rows may have changed; null: none. */
  readonly subscription: Subscription | null;
  /** How often to ask while no subscription tells; 0: never. */
  readonly everySeconds: number;
}
