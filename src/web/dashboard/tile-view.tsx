import { useEffect, useState } from "react";
import { copyText, saveFile, toFileName } from "../graphiql/take-away.ts";
import { Chart } from "../shared/chart/chart.tsx";
import { cellOf, labelOf, type Row, unitOf } from "../shared/chart/chart-rows.ts";
import { Figure, type FiguresProps, FiguresTable, isNumber } from "../shared/chart/figures-table.tsx";
import { formatSpan } from "../shared/chart/format-value.ts";
import { toCsv, toSpreadsheet } from "../shared/table/write-rows.ts";
import { graphiqlAddress } from "./address.ts";
import { ask } from "./ask.ts";
import { bindFilters, type FilterValues } from "./bind-filters.ts";
import type { Follower } from "./follow.ts";
import type { Subscription, Tile } from "./page-settings.ts";
import { describeAge } from "./tile-age.ts";
import { firstState, startTileFeed, type TileState } from "./tile-feed.ts";

interface TileViewProps {
  readonly tile: Tile;
  readonly values: FilterValues;
  readonly follower: Follower;
  readonly hasGraphiql: boolean;
}

/** One tile: a picture, figures or a table of its rows, and how old they are. */
export function TileView({ tile, values, follower, hasGraphiql }: TileViewProps) {
  const variables = bindFilters(tile, values, new Date());
  const key = JSON.stringify(variables);
  const state = useTile(tile, key, follower);
  const { rows, fault, remark } = state;
  const id = `tile-${tile.title.replace(/\W+/g, "-")}`;
  const figures: FiguresProps = { ...tile, rows: rows ?? [], variables };
  return (
    <article
      className={`tile tile-${tile.size}`}
      aria-labelledby={id}
      aria-busy={rows === null && fault === null}
    >
      <h2 id={id}>{tile.title}</h2>
      {tile.description !== "" && <p className="tile-description">{tile.description}</p>}
      <div className="tile-body">
        {rows === null ? (
          <p className="tile-waiting">{fault === null ? "Loading …" : "No picture yet."}</p>
        ) : (
          <TileBody tile={tile} figures={figures} />
        )}
      </div>
      {remark !== null && <p className="tile-fault">Not all of it could be given: {remark}</p>}
      {fault !== null && (
        <p className="tile-fault" role="status">
          {rows === null ? fault : <OldPicture fault={fault} asOf={state.asOf} />}
        </p>
      )}
      <footer>
        <TileAge state={state} everyMs={tile.live.everySeconds * 1000} />
        <TakeAway tile={tile} rows={rows} variables={variables} hasGraphiql={hasGraphiql} />
      </footer>
    </article>
  );
}

function OldPicture({ fault, asOf }: Pick<TileState, "fault" | "asOf">) {
  const now = useNow();
  const age = asOf === null ? "" : `, ${formatSpan(now - asOf)} old`;
  return `${fault} Shown is the last good picture${age}.`;
}

interface TileAgeProps {
  readonly state: TileState;
  /** How often the tile asks; 0: never. */
  readonly everyMs: number;
}

function TileAge({ state: { asOf, source, isFollowed, fault }, everyMs }: TileAgeProps) {
  const now = useNow();
  if (asOf === null) return null;
  const from = source === "MIRROR" ? "mirror" : "live tables";
  const { text, isOld } = describeAge(asOf, now, everyMs);
  return (
    <span className={isOld || fault !== null ? "is-old" : undefined}>
      {isFollowed && <span className="tile-live">follows changes · </span>}
      <time dateTime={new Date(asOf).toISOString()}>{text}</time>
      {source !== null && `, ${from}`}
    </span>
  );
}

/** The time, as often as an age changes that is told in seconds. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function TileBody({ tile, figures }: { readonly tile: Tile; readonly figures: FiguresProps }) {
  const { rows } = figures;
  if (rows.length === 0) return <p className="tile-waiting">Nothing in this selection.</p>;
  if (tile.spec) return <Chart spec={tile.spec} {...figures} height={tile.size === "wide" ? 280 : 260} />;
  return rows.length === 1 ? <KeyFigures {...figures} /> : <FiguresTable {...figures} />;
}

interface TakeAwayProps {
  readonly tile: Tile;
  readonly rows: readonly Row[] | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly hasGraphiql: boolean;
}

/** The ways to take a tile's figures along, all of them and exact. */
function TakeAway({ tile, rows, variables, hasGraphiql }: TakeAwayProps) {
  const [said, setSaid] = useState("");
  const { title, columns } = tile;
  const of = <span className="hidden-visually">: {title}</span>;
  const table = { columns, rows: rows ?? [] };
  const copy = async () =>
    setSaid((await copyText(toSpreadsheet(table))) ? "Copied." : "The browser does not let the page copy.");
  return (
    <span className="tile-take">
      <button
        type="button"
        disabled={rows === null}
        onClick={() => saveFile(`${toFileName(title)}.csv`, "text/csv", toCsv(table))}
      >
        CSV{of}
      </button>
      <button type="button" disabled={rows === null} onClick={() => void copy()}>
        Copy for a spreadsheet{of}
      </button>
      {hasGraphiql && <a href={graphiqlAddress(tile.query, variables)}>Open in GraphiQL{of}</a>}
      <span role="status">{said}</span>
    </span>
  );
}

/** The one row, large. */
function KeyFigures({ rows: [row = {}], columns, units, variables }: FiguresProps) {
  return (
    <dl className="key-figures">
      {columns.map(({ name, kind }) => (
        <div key={name}>
          <dt>{labelOf(name)}</dt>
          <dd className={isNumber(kind) ? "is-number" : undefined}>
            <Figure value={cellOf(row, name)} kind={kind} unit={unitOf(units[name], row, variables)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Follows a tile's rows for as long as it is shown with these variables. */
function useTile(tile: Tile, key: string, follower: Follower) {
  // What other variables were answered is not of these.
  const [held, setHeld] = useState({ key, state: firstState });
  useEffect(() => {
    const variables: Record<string, unknown> = JSON.parse(key);
    const question = { query: tile.query, variables, rows: tile.rows };
    const { subscription, everySeconds } = tile.live;
    return startTileFeed({
      ask: (signal) => ask(question, signal),
      follow: subscription && ((on) => follower.follow(narrow(subscription, variables), on)),
      everyMs: everySeconds * 1000,
      onWake,
      isHidden: () => document.hidden,
      onState: (state) => setHeld({ key, state }),
    });
  }, [tile, key, follower]);
  return held.key === key ? held.state : firstState;
}

/** The page is looked at again, or is back on its network. */
function onWake(wake: () => void): () => void {
  const look = () => {
    if (!document.hidden) wake();
  };
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", look);
  return () => {
    removeEventListener("online", wake);
    document.removeEventListener("visibilitychange", look);
  };
}

/** A subscription with the variables that it shares with its tile. */
const narrow = ({ query, variables: names }: Subscription, variables: Readonly<Record<string, unknown>>) => ({
  query,
  variables: Object.fromEntries(
    names.filter((name) => name in variables).map((name) => [name, variables[name]]),
  ),
});
