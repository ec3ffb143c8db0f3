import type { ExampleChart } from "../shared/chart/chart-rows.ts";

/** What the gateway tells GraphiQL. */
export interface GraphiqlSettings {
  /** The first one is open at a first visit. */
  readonly examples: readonly ExampleSettings[];
  /** What may be added up, and what is only a key, by the name of the type of a cube's rows. */
  readonly cubes: Readonly<Record<string, CubeSettings>>;
}

/** What the fields of a cube's rows are. */
export interface CubeSettings {
  readonly dimensions: readonly string[];
  readonly measures: readonly string[];
  /** Measures whose values of several rows make a sum that means something. */
  readonly additive: readonly string[];
}

/** A documented operation. */
export interface ExampleSettings {
  readonly title: string;
  readonly domain: string;
  readonly group: string;
  readonly query: string;
  /** JSON text. */
  readonly variables: string | null;
  /** The chart that stands beside it; null: the page picks one by the rows. */
  readonly chart: ExampleChart | null;
}

/** What an editor is given. */
export interface PageTab {
  readonly query: string;
  /** JSON text. */
  readonly variables: string | null;
}
