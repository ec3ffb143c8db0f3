/** An answer as the gateway gives it. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[] }[];
  readonly extensions?: {
    readonly freshness?: readonly Freshness[];
    readonly cost?: { readonly cost: number | null; readonly limit: number };
    readonly explain?: Readonly<Record<string, Explanation>>;
    /** Why the gateway does not explain, with the remedy. */
    readonly explainRefused?: string;
  };
}

/** How old what was read is. */
export interface Freshness {
  readonly root: string;
  readonly model: string;
  readonly source: "LIVE" | "MIRROR";
  readonly lagMs?: number | null;
}

/** How a root field was answered. */
export interface Explanation {
  readonly store: string;
  readonly why?: string;
  readonly model?: string | null;
  readonly statements?: readonly Statement[];
  /** How many more statements there were. */
  readonly leftOut?: number;
  /** The text of the model's view. */
  readonly view?: string | null;
}

export interface Statement {
  readonly text: string;
  readonly store?: string;
  readonly model?: string | null;
  readonly values?: unknown;
  /** Null: it failed. */
  readonly rows?: number | null;
  readonly ms?: number;
}

/** An operation that was run. */
export interface Run {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  /** Until the answer was there; null while it is awaited. */
  readonly ms: number | null;
  readonly answeredAt: number;
  readonly answer: Answer | null;
  /** Asks the same once more, in its own tab, whatever the editors hold by now; what fails is told as an answer. */
  askAgain(): Promise<void>;
}

interface Params {
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string | null | undefined;
}
type Options = { readonly headers?: Readonly<Record<string, unknown>> } | undefined;
export type Fetcher<P extends Params, O> = (params: P, options?: O) => unknown;

/** The latest run of each tab. */
export interface Runs {
  /** Of the tab in front; null when nothing was run there. */
  read(): Run | null;
  watch(onChange: () => void): () => void;
  /** Says which tab is in front. */
  choose(tab: string): void;
  /** Whether answers are to be explained from now on. */
  explain(isWanted: boolean): void;
}

/** Takes down what a fetcher is asked and answers, and asks for what the status line and the SQL view show. */
export function recordRuns<P extends Params, O extends Options>(
  fetcher: Fetcher<P, O>,
): { readonly runs: Runs; readonly fetcher: (params: P, options?: O) => Promise<unknown> } {
  const { note, front, ...tabs } = openTabs();
  /** What was asked last in each tab: a late answer of what was asked before it is no longer the tab's. */
  const latest = new Map<string, Run>();
  let isExplained = false;
  const ask = async (tab: string, params: P, options?: O): Promise<unknown> => {
    const startedAt = performance.now();
    const started: Run = {
      query: params.query,
      variables: (params.variables ?? {}) as Record<string, unknown>, // JSON of the editor
      operationName: params.operationName ?? undefined,
      ms: null,
      answeredAt: 0,
      answer: null,
      askAgain: () =>
        ask(tab, params, options).then(
          () => undefined,
          () => undefined, // noted
        ),
    };
    const noteAnswer = (answer: unknown) => {
      if (latest.get(tab) !== started) return;
      note(tab, {
        ...started,
        ms: performance.now() - startedAt,
        answeredAt: Date.now(),
        answer: toAnswer(answer),
      });
    };
    latest.set(tab, started);
    note(tab, started);
    const headers = {
      ...options?.headers,
      "x-vitrine-cost": "1",
      ...(isExplained && { "x-vitrine-explain": "1" }),
    };
    try {
      const answer = await fetcher(params, { ...options, headers } as unknown as O); // its headers replaced
      if (isIterable(answer)) return noteEach(answer, noteAnswer);
      noteAnswer(answer);
      return answer;
    } catch (error) {
      noteAnswer({ errors: [{ message: error instanceof Error ? error.message : String(error) }] });
      throw error;
    }
  };
  const explain = (isWanted: boolean) => {
    isExplained = isWanted;
  };
  return {
    runs: { ...tabs, explain },
    fetcher: async (params, options) =>
      params.operationName === "IntrospectionQuery"
        ? fetcher(params, options)
        : ask(front(), params, options),
  };
}

/** What was noted of each tab, and who is told when that of the tab in front may be another. */
function openTabs(): Omit<Runs, "explain"> & {
  readonly note: (tab: string, run: Run) => void;
  readonly front: () => string;
} {
  const byTab = new Map<string, Run>();
  const watchers = new Set<() => void>();
  let front = "";
  const tell = () => {
    for (const watcher of watchers) watcher();
  };
  return {
    front: () => front,
    note(tab, run) {
      byTab.set(tab, run);
      tell();
    },
    read: () => byTab.get(front) ?? null,
    watch(onChange) {
      watchers.add(onChange);
      return () => void watchers.delete(onChange);
    },
    choose(tab) {
      if (tab === front) return;
      front = tab;
      tell();
    },
  };
}

async function* noteEach(answers: AsyncIterable<unknown>, noteOne: (answer: unknown) => void) {
  for await (const answer of answers) {
    noteOne(answer);
    yield answer;
  }
}

const toAnswer = (answer: unknown): Answer =>
  typeof answer === "object" && answer !== null
    ? (answer as Answer)
    : { errors: [{ message: `The gateway gave no answer: ${String(answer)}` }] };

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;
