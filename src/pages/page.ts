/** A page for browsers: what `src/web/<name>` builds, and what it is told. */
export interface Page {
  /** Folder below `src/web`. */
  readonly name: string;
  /** Where it is: `/dashboard`. */
  readonly path: string;
  /** What the navigation calls it. */
  readonly title: string;
  /** Whether everything below its path is this page, too: it reads the rest of the address itself. */
  readonly hasPaths?: boolean;
  /** What its script reads at once, as JSON in the page. */
  readonly settings: object;
  /**
   * What its script asks for when it needs it, as JSON at `/data/<name>/<key>.json`: made when first asked for, then kept
   * as long as the server runs.
   */
  readonly data?: Readonly<Record<string, () => unknown>>;
}
