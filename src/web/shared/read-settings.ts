/** What every page is told: what the whole is called, where this page is, and which pages there are. */
export interface Frame {
  readonly title: string;
  /** Path of this page. */
  readonly path: string;
  readonly pages: readonly PageLink[];
  /** As whom its visitor signed in; absent: nobody is asked. */
  readonly role?: string;
}

export interface PageLink {
  readonly title: string;
  readonly path: string;
}

/** What the gateway tells a page, as JSON in the element `settings`: `own` is what the page's definition says. */
export interface Settings<Own> {
  readonly frame: Frame;
  readonly own: Own;
}

/** Reads what the gateway told this page. */
export const readSettings = <Own>(): Settings<Own> =>
  JSON.parse(document.getElementById("settings")?.textContent ?? "");
