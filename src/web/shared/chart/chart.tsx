import { useEffect, useMemo, useRef, useState } from "react";
import { cellOf, labelOf, ROW_NUMBER, toPlottedRows, unitOf } from "./chart-rows.ts";
import { type FiguresProps, FiguresTable } from "./figures-table.tsx";
import { columnsShown, findMisfit, prepareSpec, type Spec } from "./fit-spec.ts";
import { formatValue } from "./format-value.ts";
import type { Picture } from "./render-chart.ts";
import "./chart.css";

interface ChartProps extends FiguresProps {
  readonly spec: Spec;
  /** Pixels. */
  readonly height?: number;
}

interface Tip {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly (readonly [label: string, value: string])[];
}

/**
 * A picture of rows by a Vega-Lite spec, and the table behind it. A spec that does not fit the rows is told of, and the
 * table is there all the same. What draws is loaded when the first chart is shown.
 */
export function Chart({ spec, height = 260, ...figures }: ChartProps) {
  const { title, rows, columns, units, variables } = figures;
  const place = useRef<HTMLDivElement>(null);
  const picture = useRef<Picture | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [tip, setTip] = useState<Tip | null>(null);
  const misfit = useMemo(() => findMisfit(spec, rows), [spec, rows]);
  // Titles change with the units of the rows: only then the picture is drawn anew.
  const titled = JSON.stringify(prepareSpec(spec, units, { rows, variables }));
  const latest = useRef({ rows, columns, units, variables });
  latest.current = { rows, columns, units, variables };

  useEffect(() => {
    const box = place.current;
    if (!box || misfit !== null) return;
    let isOver = false;
    let observer: ResizeObserver | undefined;
    const onPoint = (datum: Readonly<Record<string, unknown>> | null, x: number, y: number) =>
      setTip(datum && describePoint(datum, latest.current, [x, y]));
    void (async () => {
      try {
        const { renderChart } = await import("./render-chart.ts");
        if (isOver) return;
        const drawn = await renderChart(box, {
          spec: JSON.parse(titled) as Spec,
          rows: toPlottedRows(latest.current.rows, latest.current.columns),
          width: box.clientWidth,
          height,
          onPoint,
        });
        if (isOver) return drawn.end();
        picture.current = drawn;
        setFault(null);
        observer = new ResizeObserver(() => void drawn.resize(box.clientWidth));
        observer.observe(box);
      } catch (error) {
        if (!isOver) setFault(error instanceof Error ? error.message : String(error));
      }
    })();
    return () => {
      isOver = true;
      observer?.disconnect();
      picture.current?.end();
      picture.current = null;
      setTip(null);
    };
  }, [titled, height, misfit]);

  useEffect(() => {
    void picture.current
      ?.show(toPlottedRows(rows, columns))
      .catch((error: unknown) => setFault(String(error)));
  }, [rows, columns]);

  const problem = misfit ?? fault;
  return (
    <figure className="chart">
      {problem === null ? (
        <div
          className="chart-picture"
          style={{ minHeight: height }}
          role="img"
          aria-label={describe(figures, spec)}
          onPointerLeave={() => setTip(null)}
        >
          {/* Vega writes a label of its own on the element that it draws in. */}
          <div ref={place} />
        </div>
      ) : (
        <p className="chart-problem" role="alert">
          The chart does not fit its rows. {problem}
        </p>
      )}
      {tip && (
        <div className="chart-tip" style={{ left: tip.x, top: tip.y }} aria-hidden="true">
          {tip.lines.map(([label, value]) => (
            <div key={label}>
              <span>{label}</span> <strong>{value}</strong>
            </div>
          ))}
        </div>
      )}
      <details className="chart-figures" open={problem !== null}>
        <summary>Figures of “{title}”</summary>
        <FiguresTable {...figures} />
      </details>
    </figure>
  );
}

/** What a picture shows, for whoever does not see it. */
function describe({ title, rows, columns }: FiguresProps, spec: Spec): string {
  const says = typeof spec.description === "string" ? spec.description : title;
  const shown = columnsShown(spec, columns).map(({ name }) => labelOf(name).toLowerCase());
  const rowsText = rows.length === 1 ? "1 row" : `${rows.length} rows`;
  return `Chart. ${says}: ${shown.join(", ")} of ${rowsText}. The figures follow as a table.`;
}

/** The exact figures of the row under the pointer. */
function describePoint(
  datum: Readonly<Record<string, unknown>>,
  { rows, columns, units, variables }: Omit<FiguresProps, "title">,
  [x, y]: readonly [number, number],
): Tip | null {
  const row = rows[datum[ROW_NUMBER] as number];
  if (!row) return null;
  const lines = columns
    .filter(({ kind }) => kind !== "list")
    .map(({ name, kind }) => {
      const value = cellOf(row, name);
      const unit = value === null || value === undefined ? "" : unitOf(units[name], row, variables);
      return [labelOf(name), `${formatValue(value, kind)}${unit && ` ${unit}`}`] as const;
    });
  return { x: Math.min(x + 12, window.innerWidth - 260), y: y + 12, lines };
}
