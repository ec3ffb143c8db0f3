import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { getOperationAST, parse } from "graphql";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { labelOf } from "../shared/chart/chart-rows.ts";
import { DataTable } from "../shared/table/data-table.tsx";
import { ChartView } from "./chart-view.tsx";
import { type DescribedTable, describeRun } from "./describe-run.ts";
import type { View } from "./link.ts";
import { views } from "./link.ts";
import type { GraphiqlSettings } from "./page-settings.ts";
import { ResultActions } from "./result-actions.tsx";
import type { Run, Runs } from "./runs.ts";
import type { SavedExamples } from "./saved-examples.ts";
import { SqlView } from "./sql-view.tsx";
import { StatusLine } from "./status-line.tsx";
import type { ReadValues } from "./value-source.ts";
import { VariablesForm } from "./variables-form.tsx";
import "./result-panel.css";

interface ResultPanelProps {
  readonly runs: Runs;
  readonly saved: SavedExamples;
  readonly settings: GraphiqlSettings;
  readonly readValues: ReadValues;
  /** How answers are looked at first. */
  readonly firstView: View;
  /** Whether the operation in front is run at once: a link shows its answer. */
  readonly isRunAtOnce: boolean;
}

const titles: Readonly<Record<View, string>> = { table: "Table", chart: "Chart", json: "JSON", sql: "SQL" };

/** What stands beside the editors: the answer as one looks at it, what it cost, and the ways to take it along. */
export function ResultPanel({ runs, saved, settings, readValues, firstView, isRunAtOnce }: ResultPanelProps) {
  const [view, setView] = useState(firstView);
  const schema = useGraphiQL((state) => state.schema);
  useFrontTab(runs);
  const run = useSyncExternalStore(runs.watch, runs.read);
  useRunAtOnce(isRunAtOnce);
  useEffect(() => {
    runs.explain(view === "sql");
    rememberView(view);
  }, [runs, view]);
  const tables = useMemo(() => describeRun(run, { schema, cubes: settings.cubes }), [run, schema, settings]);
  const [path, setPath] = useState<string | null>(null);
  const table = tables.find((one) => one.path === path) ?? tables[0];

  return (
    <section className={`result-panel is-${view}`} aria-label="Answer">
      <div className="result-bar">
        <fieldset className="result-views">
          <legend className="hidden-visually">View of the answer</legend>
          {views.map((one) => (
            <button key={one} type="button" aria-pressed={one === view} onClick={() => setView(one)}>
              {titles[one]}
            </button>
          ))}
        </fieldset>
        <ResultActions run={run} table={table} view={view} saved={saved} />
      </div>
      <VariablesForm readValues={readValues} />
      <div className="result-status">
        <StatusLine run={run} rows={table && run?.answer ? table.rows.length : null} />
        {tables.length > 1 && view !== "json" && view !== "sql" && table && (
          <label className="result-list">
            List
            <select value={table.path} onChange={(event) => setPath(event.target.value)}>
              {tables.map((one) => (
                <option key={one.path} value={one.path}>
                  {one.path === "" ? "values" : one.path} ({one.rows.length})
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {view !== "json" && run?.answer && (
        <div className="result-body">
          <Errors run={run} />
          <Body run={run} table={table} view={view} settings={settings} />
        </div>
      )}
      {view !== "json" && !run && (
        <p className="result-hint">Run the operation (Ctrl-Enter in the editor) to see its answer here.</p>
      )}
    </section>
  );
}

interface BodyProps {
  readonly run: Run;
  readonly table: DescribedTable | undefined;
  readonly view: View;
  readonly settings: GraphiqlSettings;
}

function Body({ run, table, view, settings }: BodyProps) {
  if (view === "sql") return <SqlView run={run} onExplain={run.askAgain} refusal={refuseRerun(run)} />;
  if (!table) return run.answer?.data ? <p className="result-hint">The answer holds no list.</p> : null;
  if (table.rows.length === 0)
    return <p className="result-hint">The list is empty: nothing fits the question.</p>;
  const title = labelOf(run.operationName ?? (table.path || "answer"));
  if (view === "chart")
    return (
      <ChartView
        key={`${table.path} ${run.query}`}
        table={table}
        title={title}
        variables={run.variables}
        own={findOwnChart(settings, run, table)}
      />
    );
  return (
    <DataTable
      key={table.path}
      table={table}
      title={title}
      isTotal={table.isTotal}
      isAdditive={table.isAdditive}
    />
  );
}

/** The chart that stands beside an example, for the list that it is of. */
function findOwnChart({ examples }: GraphiqlSettings, run: Run, table: DescribedTable) {
  const chart = examples.find(({ query }) => query === run.query)?.chart;
  return chart?.rows.join(".") === `data.${table.path}` ? chart : null;
}

function Errors({ run }: { readonly run: Run }) {
  const errors = run.answer?.errors ?? [];
  if (errors.length === 0) return null;
  return (
    <ul className="result-errors" role="alert">
      {errors.slice(0, 5).map(({ message, path }) => (
        <li key={`${path?.join(".")} ${message}`}>
          {path && path.length > 0 && <code>{path.join(".")}</code>} {message}
        </li>
      ))}
      {errors.length > 5 && <li>and {errors.length - 5} more: JSON has all</li>}
    </ul>
  );
}

/** What writes is not run once more by a click on a view. */
function refuseRerun({ query, operationName }: Pick<Run, "query" | "operationName">): string | null {
  try {
    const operation = getOperationAST(parse(query), operationName);
    return operation?.operation === "query"
      ? null
      : "It writes, or goes on: run it yourself when you mean it.";
  } catch {
    return "It is no operation.";
  }
}

/** Tells the record of runs which tab is in front. */
function useFrontTab(runs: Runs): void {
  const id = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.id ?? "");
  useEffect(() => runs.choose(id), [runs, id]);
}

/** Runs the operation in front once the editors are there, when it only reads. */
function useRunAtOnce(isWanted: boolean): void {
  const { run } = useGraphiQLActions();
  const [isDue, setIsDue] = useState(isWanted);
  const editors = useGraphiQL((state) => (state.responseEditor ? state.queryEditor : undefined));
  useEffect(() => {
    if (!isDue || !editors) return;
    setIsDue(false);
    const query = editors.getValue();
    if (refuseRerun({ query, operationName: undefined }) === null) run();
  }, [isDue, editors, run]);
}

const VIEW_KEY = "vitrine:view";

/** How answers were looked at last. */
export function readView(): View {
  try {
    return views.find((view) => view === localStorage.getItem(VIEW_KEY)) ?? "table";
  } catch {
    return "table"; // forbidden by the browser's settings
  }
}

function rememberView(view: View): void {
  try {
    localStorage.setItem(VIEW_KEY, view);
  } catch {
    // It lasts as long as the page, then.
  }
}
