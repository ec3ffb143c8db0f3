import type { Source } from "../app/open-app.ts";
import { findVersion, isMariaDbSupported, mariadbNeeded } from "../local/versions.ts";
import { addressesByHost } from "../stores/mariadb/address-hosts.ts";
import { askOnce } from "../stores/mariadb/ask-aside.ts";
import { readMariaDbUrl } from "../stores/mariadb/mariadb-url.ts";
import type { Finding } from "./examine.ts";

const ANSWER_MS = 2000;
const question = `select version() as version, @@global.read_only as isReadOnly,
  (select variable_value from information_schema.global_status where variable_name = 'SLAVE_RUNNING') as hears`;

/**
 * Each server of addresses that name several, and of MARIADB_READ_URL: whether it may take over, or answer, as the one that
 * does now. Nothing where one server is all.
 */
export async function examineServers({ stack, config }: Source): Promise<readonly Finding[]> {
  const named = addressesByHost(stack.mariadb.adminUrl);
  const all = new Map([...addressesByHost(config.mariadbReadUrl ?? stack.mariadb.adminUrl), ...named]);
  if (all.size === 1) return [];
  return Promise.all([...all].map(async ([host, address]) => examineServer(host, address)));
}

async function examineServer(host: string, address: string): Promise<Finding> {
  const name = `server ${host}`;
  const answer = await askOnce(readMariaDbUrl(address).server, question, [], ANSWER_MS);
  if ("error" in answer)
    return { name, ok: false, detail: `cannot be asked, and cannot take over: ${answer.error.message}` };
  const [row] = answer.rows;
  const version = String(row?.version);
  const isReadOnly = Number(row?.isReadOnly) === 1;
  if (!isMariaDbSupported(findVersion(version) ?? ""))
    return {
      name,
      ok: false,
      detail: `${version} is too old to take over or to answer: ${mariadbNeeded} is needed`,
    };
  if (!isReadOnly && row?.hears === "ON")
    return {
      name,
      ok: false,
      detail:
        "follows another server and takes writes all the same, which that one lacks: set global read_only = 1 there, and in its file",
    };
  return { name, ok: true, detail: `${version}, ${isReadOnly ? "read only" : "takes writes"}` };
}
