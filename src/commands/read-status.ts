import { type App, joinApp } from "../app/open-app.ts";
import type { Config } from "../config.ts";
import { type MirrorStatus, readMirrorStatus } from "../core/source-status.ts";
import { VitrineError } from "../errors.ts";
import type { StackOptions } from "../local/stack.ts";
import { migrationStatus } from "../migrations/migration-status.ts";
import { changeAddress } from "../stores/mariadb/address-hosts.ts";
import { readServerFacts } from "../stores/mariadb/server-facts.ts";
import { toShownMongoUrl } from "../stores/mongodb/mongodb.ts";
import { judgeServer, summariseServer } from "./judge-server.ts";

/** How the stack of a data folder is. */
export interface StackStatus {
  /** All is well; otherwise `problems` says what is not. */
  readonly healthy: boolean;
  readonly problems: readonly string[];
  /** GraphQL endpoints that are served from this folder. */
  readonly graphql: readonly string[];
  readonly mariadb: {
    readonly url: string;
    readonly version: string;
    readonly origin: string;
    /** Its binary log, whom it follows, its cluster; empty for a server that stands alone. */
    readonly replication: string;
  };
  readonly mongodb: { readonly url: string; readonly version: string; readonly origin: string };
  readonly migrations: { readonly applied: number; readonly pending: readonly string[] };
  readonly models: readonly ModelLine[];
}

type ModelLine = Pick<
  MirrorStatus,
  "model" | "documents" | "rebuild" | "lagMs" | "pendingChanges" | "rejected"
>;

/**
 * How the stack is that runs in the data folder; starts nothing.
 * @throws VitrineError UNHEALTHY when none runs, and those of joinApp
 */
export async function joinStatus(config: Config, options: StackOptions): Promise<StackStatus> {
  const app = await joinApp(config, options);
  if (!app)
    throw new VitrineError(
      "UNHEALTHY",
      `No stack is running in ${config.dataDir}. \`vitrine up\` starts one.`,
      { details: { running: false, dataDir: config.dataDir } },
    );
  try {
    return await readStackStatus(app);
  } finally {
    await app.close();
  }
}

/** The same as readStackStatus; null when a part does not answer. */
export async function readWholeStatus(app: App): Promise<StackStatus | null> {
  let isWhole = true;
  const status = await readStackStatus(app, () => {
    isWhole = false;
  });
  return isWhole ? status : null;
}

/** Asks every part; a part that does not answer is a problem, not an error. */
export async function readStackStatus(app: App, onSilence: () => void = () => {}): Promise<StackStatus> {
  const { stack, admin, reader, mongo, project, config } = app;
  const problems: string[] = [];
  const note = (part: string) => (error: unknown) => {
    onSilence();
    problems.push(`${part}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  };
  const models = project.domains.flatMap((domain) => domain.models);
  const { sqlDir, domains } = project;
  const migrations = await migrationStatus({ admin, sqlDir, domains }).catch(note("Migrations"));
  const pending = (migrations?.files ?? [])
    .filter((file) => file.state !== "applied")
    .map((file) => file.name);
  if (pending.length > 0)
    problems.push(`${pending.length} SQL files are not applied: run \`vitrine migrate up\`.`);
  const hasTables = migrations !== undefined && pending.every((name) => !name.startsWith("migrations/core/"));
  const statuses = hasTables
    ? await readMirrorStatus({ source: reader, mongo, models }).catch(note("Mirror"))
    : undefined;
  const server = await readServerFacts(reader).catch(note("MariaDB"));
  for (const { name, ok, detail } of server ? judgeServer(server) : [])
    if (!ok) problems.push(`MariaDB, ${name}: ${detail}.`);
  for (const status of statuses ?? []) problems.push(...findProblems(status, config.maxStalenessMs));
  return {
    healthy: problems.length === 0,
    problems,
    graphql: stack.users().flatMap((user) => user.graphqlUrl ?? []),
    mariadb: {
      ...describe(withoutPassword(stack.mariadb.readerUrl), stack.mariadb),
      replication: server ? summariseServer(server) : "",
    },
    mongodb: describe(toShownMongoUrl(stack.mongodb.url), stack.mongodb),
    migrations: { applied: (migrations?.files.length ?? 0) - pending.length, pending },
    models: (statuses ?? []).map(({ model, documents, rebuild, lagMs, pendingChanges, rejected }) => ({
      model,
      documents,
      rebuild,
      lagMs,
      pendingChanges,
      rejected,
    })),
  };
}

function findProblems(status: MirrorStatus, maxStalenessMs: number): readonly string[] {
  const { model, rebuiltAt, sameShape, lagMs, rejected } = status;
  return [
    ...(rebuiltAt === null ? [`The mirror of ${model} is not complete: is a loader running?`] : []),
    ...(rebuiltAt !== null && !sameShape ? [`The mirror of ${model} has another shape: rebuild it.`] : []),
    ...(lagMs > maxStalenessMs ? [`The mirror of ${model} lags ${lagMs} ms: is a loader running?`] : []),
    ...(rejected > 0
      ? [`${rejected} documents of ${model} could not be mirrored: see \`vitrine rejected list\`.`]
      : []),
  ];
}

const describe = (
  url: string,
  { version, origin }: { readonly version: string; readonly origin: string },
) => ({
  url,
  version,
  origin,
});

const withoutPassword = (url: string): string =>
  changeAddress(url, (one) => {
    one.password = "";
  });
