import type { DocumentStore } from "../stores/document-store.ts";
import type { SentStatement } from "../stores/sent-statement.ts";

type StoreName = DocumentStore["name"];

/** A client that sends it with `1` is told how its answer was made, where the server allows that. */
export const EXPLAIN_HEADER = "x-vitrine-explain";

/** A statement, and what it read. */
export interface ExplainedStatement extends SentStatement {
  readonly store: "LIVE" | "MIRROR";
  readonly model: string | null;
}

/** How one root field was answered. */
export interface RootExplanation {
  readonly store: "LIVE" | "MIRROR";
  /** A sentence. */
  readonly why: string;
  readonly model: string | null;
  /** In the order in which they ended; the first so many. */
  readonly statements: readonly ExplainedStatement[];
  /** How many more there were. */
  readonly leftOut: number;
  /** The text of the model's view; null when there is none, or nobody has its file. */
  readonly view: string | null;
}

/** Listens to the reads of one request. */
export interface Explainer {
  /** The store that answers for a model under a root field; of several, what is told last for the field's own model counts. */
  chose(root: string, model: { readonly name: string | null; readonly isOwn: boolean }, choice: Choice): void;
  sent(
    root: string,
    from: { readonly store: StoreName; readonly model: string | null },
    statement: SentStatement,
  ): void;
  /** By the response key of the root field. */
  explain(): Promise<Readonly<Record<string, RootExplanation>>>;
}

export interface Choice {
  readonly store: StoreName;
  readonly why: string;
}

const MOST_STATEMENTS = 50;
const MOST_CHARACTERS = 20_000;
const MOST_VALUES = 200;

interface Root {
  choice: Choice | undefined;
  model: string | null;
  isOwn: boolean;
  leftOut: number;
  readonly statements: ExplainedStatement[];
}

/** `readView` gives the text of a model's view, or null. */
export function createExplainer(readView: (model: string) => Promise<string | null>): Explainer {
  const roots = new Map<string, Root>();
  const rootOf = (place: string): Root => {
    const name = place.split(" ", 1)[0] ?? place;
    const root = roots.get(name) ?? {
      choice: undefined,
      model: null,
      isOwn: false,
      leftOut: 0,
      statements: [],
    };
    roots.set(name, root);
    return root;
  };
  return {
    chose(place, { name, isOwn }, choice) {
      const root = rootOf(place);
      if (root.choice !== undefined && root.isOwn && !isOwn) return;
      root.choice = choice;
      root.model = name;
      root.isOwn = isOwn;
    },
    sent(place, { store, model }, statement) {
      const root = rootOf(place);
      if (root.statements.length >= MOST_STATEMENTS) root.leftOut += 1;
      else root.statements.push({ store: toSource(store), model, ...shorten(statement) });
    },
    async explain() {
      const told = [...roots].map(async ([name, { choice, model, statements, leftOut }]) => {
        const first = statements[0];
        const explanation: RootExplanation = {
          store: choice ? toSource(choice.store) : (first?.store ?? "LIVE"),
          why: choice?.why ?? "Nothing was read.",
          model,
          statements,
          leftOut,
          view: model === null ? null : await readView(model),
        };
        return [name, explanation] as const;
      });
      return Object.fromEntries(await Promise.all(told));
    },
  };
}

const toSource = (store: StoreName): "LIVE" | "MIRROR" => (store === "live" ? "LIVE" : "MIRROR");

function shorten({ text, values, rows, ms }: SentStatement): SentStatement {
  const more = (values?.length ?? 0) - MOST_VALUES;
  return {
    text: text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text,
    values: values && [
      ...values.slice(0, MOST_VALUES).map(toShown),
      ...(more > 0 ? [`… and ${more} more`] : []),
    ],
    rows,
    ms: Math.round(ms * 10) / 10,
  };
}

/** What JSON can hold. */
const toShown = (value: unknown): unknown =>
  value === null || ["string", "number", "boolean"].includes(typeof value) ? value : String(value);
