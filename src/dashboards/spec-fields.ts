/** What a Vega-Lite spec reads of its rows. */
export interface SpecFields {
  /** Names of columns that it reads and does not make itself. */
  readonly reads: readonly string[];
  /** What it gets from elsewhere than its rows. */
  readonly foreign: readonly string[];
}

/** Words whose text, or list of texts, names columns: everywhere, and in transforms only. */
const readers = new Set(["field", "fields", "groupby"]);
const readersInTransforms = new Set(
  "fold flatten stack impute value key density regression loess quantile on".split(" "),
);

/**
 * Walks a spec. Columns are named as in `productDocument.name`; `as` names those that a transform makes. What an expression
 * reads (`datum.x`), and the columns that a pivot makes of values, are not seen here: the picture tells of them.
 */
export function readSpecFields(spec: unknown): SpecFields {
  const reads = new Set<string>();
  const made = new Set<string>();
  const foreign = new Set<string>();
  let pivots = false;
  const visit = (value: unknown, inTransform: boolean): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, inTransform);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    const object = value as Readonly<Record<string, unknown>>;
    pivots ||= inTransform && "pivot" in object;
    if (inTransform && "fold" in object && !("as" in object))
      for (const name of ["key", "value"]) made.add(name);
    for (const [word, inner] of Object.entries(object)) {
      if (word === "usermeta") continue;
      if (word === "data" || word === "url" || word === "href") foreign.add(word);
      const isReader = readers.has(word) || (inTransform && readersInTransforms.has(word));
      const names = [inner].flat().filter((one) => typeof one === "string");
      if (isReader) for (const name of names) reads.add(name);
      else if (word === "as") for (const name of names) made.add(name);
      visit(inner, inTransform || word === "transform");
    }
  };
  visit(spec, false);
  const names = [...reads].map((name) =>
    name.replaceAll("\\.", ".").replaceAll(/\[['"]?([^\]'"]+)['"]?\]/g, ".$1"),
  );
  return {
    reads: pivots ? [] : names.filter((name) => !made.has(name) && name !== "*"),
    foreign: [...foreign],
  };
}
