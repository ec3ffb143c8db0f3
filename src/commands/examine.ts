import type { App, Source } from "../app/open-app.ts";
import { isMariaDbSupported, mariadbNeeded } from "../local/versions.ts";
import { checkCaptureTriggers } from "../migrations/check-capture-triggers.ts";
import { checkCascades } from "../migrations/check-cascades.ts";
import { checkModels } from "../migrations/check-models.ts";
import { readCoarse } from "../migrations/coarse-remarks.ts";
import { migrationStatus } from "../migrations/migration-status.ts";
import { describeMissing, findMissingParts } from "../migrations/missing-parts.ts";
import { readCapturedDomains } from "../migrations/read-captured.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { verifyProcedures } from "../stores/mariadb/procedure-parameters.ts";
import { readServerFacts } from "../stores/mariadb/server-facts.ts";
import { examineCubes } from "./examine-cubes.ts";
import { examineHistory } from "./examine-history.ts";
import { examineMongo } from "./examine-mongo.ts";
import { examineReplicas } from "./examine-replicas.ts";
import { examineServers } from "./examine-servers.ts";
import { examineSources } from "./examine-sources.ts";
import { examineText } from "./examine-text.ts";
import { judgeServer } from "./judge-server.ts";

/** One thing looked at. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, and the remedy when it is not as needed. */
  readonly detail: string;
}

const MiB = 2 ** 20;

/**
 * Looks at everything that the mirror's promises depend on. What cannot be looked at is a finding, not an error, a
 * MongoDB that `openApp` cannot open too.
 */
export async function examine(source: Source, openApp: () => Promise<App>): Promise<readonly Finding[]> {
  const { admin, project, stack } = source;
  const { sqlDir, domains } = project;
  const checks: readonly (readonly [string, () => Promise<readonly Finding[]>])[] = [
    ["MariaDB", () => examineSettings(admin, stack.mariadb.version)],
    ["replication", async () => judgeServer(await readServerFacts(admin))],
    [
      "SQL files",
      async () => {
        const { files } = await migrationStatus({ admin, sqlDir, domains });
        const pending = files.filter((file) => file.state !== "applied").length;
        const detail = `${files.length - pending} applied, ${pending} pending${pending ? ": run `vitrine migrate up`" : ""}`;
        return [{ name: "SQL files", ok: pending === 0, detail }];
      },
    ],
    [
      "triggers",
      async () => {
        const problems = await checkCaptureTriggers(admin, { domains: await readCapturedDomains(project) });
        if (problems.length === 0)
          return [{ name: "triggers", ok: true, detail: "capture is current, every definer exists" }];
        return problems.map(({ trigger, message }) => ({ name: trigger, ok: false, detail: message }));
      },
    ],
    [
      "models",
      async () => {
        const problems = await checkModels(
          admin,
          domains.flatMap(({ models }) => models),
        );
        if (problems.length === 0) return [{ name: "models", ok: true, detail: "each view is as defined" }];
        return problems.map(({ model, message }) => ({ name: model, ok: false, detail: message }));
      },
    ],
    [
      "touched views",
      async () => {
        const coarse = await readCoarse(sqlDir, domains);
        const detail = coarse.length === 0 ? "every change finds its documents" : coarse.join("; ");
        return [{ name: "touched views", ok: true, detail }];
      },
    ],
    [
      "what views read",
      async () => {
        const names = domains.flatMap(({ models }) => models.map(({ name }) => name));
        const missing = await findMissingParts(admin, names);
        const name = "what views read";
        if (missing.length === 0) return [{ name, ok: true, detail: "is there" }];
        return missing.map((part) => ({ name, ok: false, detail: describeMissing(part) }));
      },
    ],
    ["tables and views", async () => [await examineSources(admin)]],
    [
      "text columns",
      async () => [
        await examineText(
          admin,
          domains.flatMap(({ models }) => models),
        ),
      ],
    ],
    [
      "foreign keys",
      async () => {
        const name = "foreign keys";
        const problems = await checkCascades(admin, { domains: await readCapturedDomains(project) });
        if (problems.length === 0) return [{ name, ok: true, detail: "none changes rows unseen" }];
        return problems.map(({ message }) => ({ name, ok: false, detail: message }));
      },
    ],
    [
      "procedures",
      async () => {
        const procedures = domains.flatMap((domain) => domain.procedures ?? []);
        const problems = await verifyProcedures(admin, procedures);
        const remedy = "run `vitrine migrate up`, or bring definition and SQL file into line";
        if (problems.length > 0)
          return problems.map((problem) => ({
            name: "procedures",
            ok: false,
            detail: `${problem} ${remedy}`,
          }));
        return [{ name: "procedures", ok: true, detail: `${procedures.length}, each as defined` }];
      },
    ],
    [
      "cubes",
      async () => [
        await examineCubes(
          admin,
          domains.flatMap(({ models }) => models),
        ),
      ],
    ],
    [
      "history",
      () =>
        examineHistory(
          admin,
          domains.flatMap(({ models }) => models),
        ),
    ],
    ["servers", () => examineServers(source)],
    ["replicas", () => examineReplicas(source)],
    ["MongoDB", () => examineMongo(openApp)],
  ];
  const findings: Finding[] = [];
  for (const [name, check] of checks)
    try {
      findings.push(...(await check()));
    } catch (error) {
      findings.push({ name, ok: false, detail: error instanceof Error ? error.message : String(error) });
    }
  return findings;
}

interface Settings {
  version: string;
  max_allowed_packet: string;
  local_infile: string;
  collation_database: string;
  flushed: string;
  read_only: string;
  engine: string;
}

async function examineSettings(admin: MariaDb, version: string): Promise<readonly Finding[]> {
  const [row] = await admin.query<Settings>(
    `select version() as version, @@global.max_allowed_packet as max_allowed_packet,
      @@global.local_infile as local_infile, @@collation_database as collation_database,
      @@global.innodb_flush_log_at_trx_commit as flushed,
      @@global.read_only or @@global.innodb_read_only as read_only, @@default_storage_engine as engine`,
  );
  if (!row) throw new TypeError("A select without a table has one row.");
  const packet = Number(row.max_allowed_packet) / MiB;
  const judge = (name: string, ok: boolean, found: string, remedy: string): Finding => ({
    name,
    ok,
    detail: ok ? found : `${found}; ${remedy}`,
  });
  return [
    judge(
      "MariaDB",
      isMariaDbSupported(version),
      `${row.version}; ${row.engine}`,
      `${mariadbNeeded} is needed`,
    ),
    judge("max_allowed_packet", packet >= 64, `${packet} MiB`, "large documents need at least 64M"),
    judge("local_infile", Number(row.local_infile) === 1, row.local_infile, "imports need local-infile=1"),
    judge(
      "collation of the database",
      row.collation_database === "utf8mb4_nopad_bin",
      row.collation_database,
      "both stores compare alike with utf8mb4_nopad_bin: alter database … collate utf8mb4_nopad_bin",
    ),
    judge(
      "read_only",
      Number(row.read_only) === 0,
      row.read_only,
      "mutations, tokens and the loader write: give them the primary, or set it to 0",
    ),
    judge(
      "innodb_flush_log_at_trx_commit",
      Number(row.flushed) === 1,
      row.flushed,
      "a crash may take back commits that are mirrored already: set it to 1",
    ),
  ];
}
