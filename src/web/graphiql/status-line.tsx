import { useEffect, useState } from "react";
import { formatSpan, groupDigits } from "../shared/chart/format-value.ts";
import type { Freshness, Run } from "./runs.ts";

interface StatusLineProps {
  readonly run: Run | null;
  /** Of the list that is shown; null when there is none. */
  readonly rows: number | null;
}

/** What came back: how much, how fast, for what part of the limit, from which store, and how old it is. */
export function StatusLine({ run, rows }: StatusLineProps) {
  const now = useClock(run?.answeredAt ?? 0);
  if (!run) return <p className="status-line">Nothing was run in this tab yet.</p>;
  if (run.ms === null)
    return (
      <p className="status-line" aria-busy="true">
        Running …
      </p>
    );
  const { cost, freshness = [] } = run.answer?.extensions ?? {};
  const errors = run.answer?.errors?.length ?? 0;
  const age = now - run.answeredAt;
  return (
    <p className="status-line" role="status">
      {errors > 0 && <span className="is-bad">{errors === 1 ? "1 error" : `${errors} errors`}</span>}
      {rows !== null && <span>{rows === 1 ? "1 row" : `${groupDigits(String(rows))} rows`}</span>}
      <span>{groupDigits(String(Math.round(run.ms)))} ms</span>
      {cost && (
        <span>
          cost {groupDigits(String(cost.cost))} of {groupDigits(String(cost.limit))}
        </span>
      )}
      {describeStores(freshness).map((text) => (
        <span key={text}>{text}</span>
      ))}
      {age > 10_000 && <span>asked {formatSpan(age)} ago</span>}
    </p>
  );
}

/** Where an answer is from, each store once, with the oldest of what was read there. */
export function describeStores(freshness: readonly Freshness[]): readonly string[] {
  return [...new Set(freshness.map(({ source }) => source))].map((source) => {
    const lags = freshness.flatMap((one) =>
      one.source === source && typeof one.lagMs === "number" ? [one.lagMs] : [],
    );
    if (source === "LIVE") return "live from MariaDB";
    const lag = lags.reduce((most, one) => Math.max(most, one), 0);
    if (lags.length === 0) return "from the mirror, its age unknown";
    if (lag === 0) return "from the mirror, up to date";
    return lag < 1000 ? `from the mirror, ${lag} ms old` : `from the mirror, ${formatSpan(lag)} old`;
  });
}

/** The moment, looked up as often as an age changes that is told in seconds. */
function useClock(since: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(since === 0 ? Date.now() : since);
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, [since]);
  return now;
}
