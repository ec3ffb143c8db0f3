import type { MariaDb } from "../../src/stores/mariadb/mariadb.ts";

/** What a balancer does: connections go to these servers by turns, to the first one first. */
export function byTurns(first: MariaDb, ...others: readonly MariaDb[]): MariaDb {
  const servers = [first, ...others];
  let turn = 0;
  const next = () => servers[turn++ % servers.length] ?? first;
  return { ...first, withConnection: (work) => next().withConnection(work) };
}
