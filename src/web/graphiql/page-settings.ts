/** What the gateway tells GraphiQL. */
export interface GraphiqlSettings {
  /** The first one is open at a first visit. */
  readonly examples: readonly ExampleSettings[];
}

/** A documented operation. */
export interface ExampleSettings {
  readonly title: string;
  readonly domain: string;
  readonly group: string;
  readonly query: string;
  /** JSON text. */
  readonly variables: string | null;
}

/** What an editor is given. */
export interface PageTab {
  readonly query: string;
  /** JSON text. */
  readonly variables: string | null;
}
