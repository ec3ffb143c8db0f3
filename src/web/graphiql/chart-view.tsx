import { useMemo, useState } from "react";
import { Chart } from "../shared/chart/chart.tsx";
import { type Column, cellOf, type ExampleChart, labelOf } from "../shared/chart/chart-rows.ts";
import type { DescribedTable } from "./describe-run.ts";
import { hasLanes, limitBars, MOST_BARS, toSpec } from "./draw-choice.ts";
import {
  type ChartChoice,
  fitMark,
  listChoices,
  type Mark,
  marks,
  pickChart,
  withoutTotals,
} from "./pick-chart.ts";

interface ChartViewProps {
  readonly table: DescribedTable;
  readonly title: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The chart that stands beside the example which was run. */
  readonly own: ExampleChart | null;
}

const NO_UNITS = {};
/** The choice of the chart that stands beside an example. */
const OWN = "as its file says";

/** A picture of a list: the one that it calls for, until somebody chooses another. */
export function ChartView({ table, title, variables, own }: ChartViewProps) {
  const picked = useMemo(() => pickChart(table), [table]);
  const [changes, setChanges] = useState<Partial<ChartChoice>>({});
  const [isOwn, setIsOwn] = useState(true);
  const ownSpec = isOwn && own ? own.spec : null;
  const { measures, keys } = useMemo(() => listChoices(table), [table]);
  const all = useMemo(() => withoutTotals(table), [table]);
  const wanted = useMemo(
    () => keepPossible(picked, changes, measures, keys),
    [picked, changes, measures, keys],
  );
  const choice = useMemo(
    () => wanted && { ...wanted, mark: fitMark(wanted, table, all) },
    [wanted, table, all],
  );
  const rows = useMemo(() => (choice ? limitBars(all, choice, table.columns) : []), [all, choice, table]);
  const spec = useMemo(() => choice && toSpec(choice, table, rows), [choice, table, rows]);
  const change = (some: Partial<ChartChoice>) => {
    setIsOwn(false);
    setChanges({ ...changes, ...some });
  };
  if (ownSpec)
    return (
      <div className="chart-view">
        <div className="chart-choices">
          <MarkChoice
            value={OWN}
            names={[OWN, ...marks]}
            onChange={(mark) => mark !== OWN && change({ mark: toMark(mark) })}
          />
        </div>
        <Chart
          title={title}
          spec={ownSpec}
          rows={all}
          columns={table.columns}
          units={own?.units ?? NO_UNITS}
          variables={variables}
          height={340}
        />
      </div>
    );
  if (!choice || !spec)
    return (
      <p className="result-hint">
        There is nothing to draw: a chart needs a number, and a date or a text to show it by.
      </p>
    );
  const isLanes = hasLanes(choice, table.columns);
  const bars = new Set(rows.map((row) => String(cellOf(row, choice.by)))).size;
  const perBar = choice.mark === "grouped bars" ? 44 : 24;
  return (
    <div className="chart-view">
      <div className="chart-choices">
        <MarkChoice
          value={choice.mark}
          names={own ? [OWN, ...marks] : marks}
          onChange={(mark) => (mark === OWN ? setIsOwn(true) : change({ mark: toMark(mark) }))}
        />
        <Choice
          label="Shows"
          value={choice.measure}
          names={measures}
          onChange={(measure) => change({ measure })}
        />
        <Choice label="By" value={choice.by} names={keys} onChange={(by) => change({ by })} />
        <Choice
          label="Colour"
          value={choice.series ?? ""}
          names={["", ...keys]}
          onChange={(series) => change({ series: series === "" ? null : series })}
        />
      </div>
      {choice.mark !== wanted?.mark && (
        <p className="result-note">
          Drawn as {choice.mark}: values of {labelOf(choice.measure).toLowerCase()} make no sum.
        </p>
      )}
      {rows.length < all.length && (
        <p className="result-note">
          The first {MOST_BARS} of {choice.by === "" ? "" : labelOf(choice.by).toLowerCase()}; the table has
          all.
        </p>
      )}
      <Chart
        title={title}
        spec={spec}
        rows={rows}
        columns={table.columns}
        units={own?.units ?? NO_UNITS}
        variables={variables}
        height={isLanes ? Math.max(160, bars * perBar + (choice.series === null ? 50 : 100)) : 340}
      />
    </div>
  );
}

const toMark = (name: string): Mark => marks.find((mark) => mark === name) ?? "bars";

function MarkChoice(props: Omit<ChoiceProps, "label">) {
  return <Choice label="Chart" {...props} />;
}

/** What somebody chose, as long as the rows have it. */
function keepPossible(
  picked: ChartChoice | null,
  changes: Partial<ChartChoice>,
  measures: readonly Column[],
  keys: readonly Column[],
): ChartChoice | null {
  if (!picked) return null;
  const has = (columns: readonly Column[], name: string | null | undefined) =>
    columns.some((column) => column.name === name);
  return {
    mark: changes.mark ?? picked.mark,
    by: has(keys, changes.by) ? (changes.by ?? picked.by) : picked.by,
    measure: has(measures, changes.measure) ? (changes.measure ?? picked.measure) : picked.measure,
    series: changes.series === null || has(keys, changes.series) ? (changes.series ?? null) : picked.series,
  };
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly names: readonly (string | Column)[];
  readonly onChange: (name: string) => void;
}

function Choice({ label, value, names, onChange }: ChoiceProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {names.map((one) => {
          const name = typeof one === "string" ? one : one.name;
          return (
            <option key={name} value={name}>
              {name === "" ? "none" : labelOf(name)}
            </option>
          );
        })}
      </select>
    </label>
  );
}
