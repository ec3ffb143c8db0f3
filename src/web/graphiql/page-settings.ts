/** What the gateway tells its page, as JSON in the element `settings`. */
export interface PageSettings {
  readonly title: string;
  /** Tabs of the first visit, the first one open. */
  readonly tabs: readonly PageTab[];
}

export interface PageTab {
  readonly query: string;
  /** JSON text. */
  readonly variables: string | null;
}
