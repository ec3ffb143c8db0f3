import { useEffect, useState } from "react";
import { addressOf, readFilterValues, readName } from "./address.ts";
import type { FilterValues } from "./bind-filters.ts";
import { describeFilters, FilterBar } from "./filter-bar.tsx";
import type { Follower } from "./follow.ts";
import type { Dashboard, DashboardFault, DashboardSettings } from "./page-settings.ts";
import { TileView } from "./tile-view.tsx";
import "./page.css";

interface DashboardPageProps {
  /** Where the page is. */
  readonly path: string;
  readonly settings: DashboardSettings;
  readonly follower: Follower;
  /** Whether there is one to open a tile's question in. */
  readonly hasGraphiql: boolean;
}

/** The dashboards of the project, one at a time: which one, and its filters, are in the address. */
export function DashboardPage({ path, settings: { dashboards, faults }, ...around }: DashboardPageProps) {
  const [address, setAddress] = useState(readAddress);
  useEffect(() => {
    const onBack = () => setAddress(readAddress());
    addEventListener("popstate", onBack);
    return () => removeEventListener("popstate", onBack);
  }, []);
  const name = readName(address.pathname, path);
  const shown = name === undefined ? dashboards[0] : dashboards.find((one) => one.name === name);
  const values = shown ? readFilterValues(shown, address.search) : {};
  const change = (filter: string, value: string | null) => {
    if (!shown) return;
    history.pushState(null, "", addressOf(path, shown, { ...values, [filter]: value }));
    setAddress(readAddress());
  };
  return (
    <div className="dashboards">
      <nav className="dashboards-choice" aria-label="Dashboards">
        {dashboards.map((one) => (
          <a
            key={one.name}
            href={addressOf(path, one, readFilterValues(one, ""))}
            aria-current={one === shown ? "page" : undefined}
          >
            {one.title}
          </a>
        ))}
      </nav>
      {shown ? (
        <Board key={shown.name} dashboard={shown} values={values} onChange={change} {...around} />
      ) : (
        <p role="alert">
          {name === undefined ? "This project has no dashboards." : `There is no dashboard "${name}".`}
        </p>
      )}
      <Faults faults={faults} />
    </div>
  );
}

const readAddress = () => ({ pathname: location.pathname, search: location.search });

interface BoardProps {
  readonly dashboard: Dashboard;
  readonly values: FilterValues;
  readonly onChange: (filter: string, value: string | null) => void;
  readonly follower: Follower;
  /** Whether there is one to open a tile's question in. */
  readonly hasGraphiql: boolean;
}

function Board({ dashboard, values, onChange, ...around }: BoardProps) {
  const { title, description, filters, tiles } = dashboard;
  return (
    <>
      <header className="board-header">
        <h1>{title}</h1>
        <p>{description}</p>
        <FilterBar filters={filters} values={values} onChange={onChange} />
        <p className="board-printed">{describeFilters(filters, values)}</p>
      </header>
      <div className="tiles">
        {tiles.map((tile, index) => (
          // The tiles of a board are as its file has them.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <TileView key={index} tile={tile} values={values} {...around} />
        ))}
      </div>
    </>
  );
}

/** Files that are no dashboards: whoever wrote one sees here what to mend. */
function Faults({ faults }: { readonly faults: readonly DashboardFault[] }) {
  if (faults.length === 0) return null;
  return (
    <section className="faults" aria-label="Files with faults">
      <h2>Not shown</h2>
      {faults.map(({ file, problems }) => (
        <div key={file}>
          <h3>{file}</h3>
          <ul>
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}
