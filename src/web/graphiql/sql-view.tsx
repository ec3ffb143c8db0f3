import type { Explanation, Run, Statement } from "./runs.ts";

interface SqlViewProps {
  readonly run: Run;
  /** Asks the same once more, explained. */
  readonly onExplain: () => void;
  /** Null: it may be run again. Else why it is not. */
  readonly refusal: string | null;
}

/** How the gateway came to an answer: statements with what was bound to them, and the view that is read. */
export function SqlView({ run, onExplain, refusal }: SqlViewProps) {
  const roots = Object.entries(run.answer?.extensions?.explain ?? {});
  const { explainRefused } = run.answer?.extensions ?? {};
  if (explainRefused !== undefined) return <p className="result-hint">{explainRefused}</p>;
  if (roots.length === 0)
    return (
      <div className="result-hint">
        <p>
          This answer was not explained. Run the operation once more to see its statements, if the gateway may
          show them.
        </p>
        {refusal === null ? (
          <button type="button" onClick={onExplain}>
            Explain
          </button>
        ) : (
          <p>{refusal}</p>
        )}
      </div>
    );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section className="sql-view" tabIndex={0} aria-label="How it was answered">
      {roots.map(([root, explanation]) => (
        <Root key={root} root={root} explanation={explanation} />
      ))}
    </section>
  );
}

function Root({ root, explanation }: { readonly root: string; readonly explanation: Explanation }) {
  const { store, why, model, statements = [], leftOut = 0, view } = explanation;
  return (
    <section>
      <h3>
        {root} <small>{[model, `from ${store}`].filter(Boolean).join(", ")}</small>
      </h3>
      {why && <p>{why}</p>}
      {statements.map((statement, index) => (
        // Statements have no names; they stay in their order.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <StatementView key={index} statement={statement} />
      ))}
      {leftOut > 0 && <p>and {leftOut} statements more</p>}
      {view && (
        <details>
          <summary>The view of {model ?? root}</summary>
          <pre>{view}</pre>
        </details>
      )}
    </section>
  );
}

function StatementView({
  statement: { text, store, model, values, rows, ms },
}: {
  readonly statement: Statement;
}) {
  const figures = [
    model ?? null,
    store ?? null,
    rows === undefined || rows === null ? null : `${rows} ${rows === 1 ? "row" : "rows"}`,
    ms === undefined ? null : `${Math.round(ms * 10) / 10} ms`,
  ].filter((one) => one !== null);
  const hasValues = values !== undefined && values !== null && Object.keys(values).length > 0;
  return (
    <figure>
      <figcaption>{figures.join(" · ")}</figcaption>
      <pre>{text}</pre>
      {values === null && <p>What was bound to it is withheld: it may be personal.</p>}
      {hasValues && (
        <p>
          Bound: <code>{JSON.stringify(values)}</code>
        </p>
      )}
    </figure>
  );
}
