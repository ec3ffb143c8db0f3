import { useEffect, useState } from "react";
import { formatSpan, groupDigits } from "../shared/chart/format-value.ts";
import { describeStores } from "./describe-stores.ts";
import type { Run } from "./runs.ts";

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
      {typeof cost?.cost === "number" && (
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
