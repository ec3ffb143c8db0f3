import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionString } from "mongodb-connection-string-url";
import { readChangeTables, readOldestChange } from "../src/core/change-tables.ts";
import { openMariaDb, type Queryable } from "../src/stores/mariadb/mariadb.ts";
import { type MongoDb, openMongoDb } from "../src/stores/mongodb/mongodb.ts";
import type { BenchContext } from "./bench-context.ts";
import { type Spent, spend } from "./cpu-time.ts";
import { createStaff, raiseAll, raises } from "./staff.ts";
import { createStaffProject, type MirrorProcess } from "./staff-project.ts";

const SCALE = 0.05;
const RANGE = 250;
const durable = { ordered: false, writeConcern: { w: "majority", journal: true } } as const;

/**
 * Another team's database of which the engine knows nothing, made a project by `vitrine init`: what its first mirror, a
 * rebuild, and one statement over a tenth of it cost, and the memory of the loader meanwhile.
 */
export async function run(context: BenchContext): Promise<void> {
  const name = `vitrine_bench_${process.pid}`;
  const place = { pathname: `/${name}` };
  const mariadbUrl = Object.assign(new URL(context.mariadbUrl), place).href;
  const mongodbUrl = Object.assign(new ConnectionString(context.mongodbUrl), place).toString();
  const server = openMariaDb(context.mariadbUrl, { size: 1 });
  // As a server has it where nobody thought of it.
  await server.run(`create database ${name} character set utf8mb4 collate utf8mb4_general_ci`);
  const admin = openMariaDb(mariadbUrl, { size: 2, multipleStatements: true });
  const mongo = openMongoDb(mongodbUrl);
  try {
    const { employees, rows } = await createStaff(admin, context.scale ?? SCALE);
    const project = await createStaffProject(mariadbUrl, mongodbUrl);
    const title = `${employees.toLocaleString("en")} employees, ${rows.toLocaleString("en")} rows`;
    try {
      await measure({ ...context, admin, mongo, employees, title }, project.startMirror);
    } finally {
      await project.remove();
    }
  } finally {
    await mongo.db.dropDatabase();
    await Promise.all([admin.close(), mongo.close()]);
    await server.run(`drop database ${name}`);
    await server.close();
  }
}

interface Staff extends BenchContext {
  readonly admin: Queryable;
  readonly mongo: MongoDb;
  readonly employees: number;
  readonly title: string;
}

interface Phase extends Spent {
  readonly what: string;
  readonly documents: number;
  readonly peakMiB?: number;
}

async function measure(staff: Staff, startMirror: () => MirrorProcess): Promise<void> {
  const { admin, employees, servers } = staff;
  const bare = await measureBare(staff);
  const loader = startMirror();
  try {
    const take = async (what: string, documents: number, work: () => Promise<unknown>): Promise<Phase> => {
      loader.takePeakMiB();
      const spent = await spend({ ...servers, loader: loader.pid }, async () => {
        await work();
        await current(admin);
      });
      return { ...spent, what, documents, peakMiB: loader.takePeakMiB() };
    };
    const first = await take("first mirror, with the loader's start", employees, async () => undefined);
    const request = () =>
      admin.run("update vitrine_state set rebuild_status = 'needed', rebuild_from = null");
    printPhases(staff, `First mirror of ${staff.title}`, [...bare, first]);
    const same = await take("rebuild, every document is as it should be", employees, request);
    await admin.query(raiseAll);
    const rebuild = await take("rebuild, every document differs", employees, request);
    printPhases(staff, "Rebuild over what is there", [first, same, rebuild]);
    for (const { share, sql } of raises) {
      const statement = await spend(servers, () => admin.run(sql));
      const base = { ...scaled(rebuild, share), what: "that share of a rebuild of what differs" };
      const change = await take(
        "until the mirror is current again",
        employees * share,
        async () => undefined,
      );
      const percent = (share * 100).toFixed(0);
      printPhases(staff, `One statement changes ${percent} % (it took ${statement.seconds.toFixed(1)} s)`, [
        base,
        change,
      ]);
    }
  } finally {
    await loader.stop();
  }
}

/** What nobody can do without: the view is read, and documents are inserted. */
async function measureBare(staff: Staff): Promise<readonly Phase[]> {
  const { admin, mongo, employees, servers } = staff;
  const processes = { ...servers, client: process.pid };
  const collection = mongo.db.collection("bench_size");
  const read = async (use: (documents: readonly Record<string, unknown>[]) => Promise<unknown>) => {
    for (let after = 0; ; ) {
      const rows = await admin.query<Record<string, unknown> & { emp_no: number }>(
        "select * from employees where emp_no > ? order by emp_no limit ?",
        [after, RANGE],
      );
      const last = rows.at(-1);
      if (!last) return;
      after = last.emp_no;
      await use(rows);
    }
  };
  const phases: Phase[] = [];
  const add = async (what: string, work: () => Promise<unknown>) =>
    phases.push({ ...(await spend(processes, work)), what, documents: employees });
  const lengths = ["department_members", "salaries", "titles"].map((list) => `sum(char_length(${list}))`);
  await add("MariaDB computes the view, sends nothing", () =>
    admin.query(`select ${lengths.join(", ")} from employees`),
  );
  await add("the view is read, discarded", () => read(async () => undefined));
  await add("the same, and insertMany, one after the other", () =>
    read((rows) =>
      collection.insertMany(
        rows.map(({ department_members, salaries, titles, ...rest }) => ({
          ...{ _id: rest.emp_no as never, ...rest },
          ...{
            departmentMembers: parse(department_members),
            salaries: parse(salaries),
            titles: parse(titles),
          },
        })),
        durable,
      ),
    ),
  );
  await collection.drop();
  return phases;
}

const parse = (json: unknown): unknown => JSON.parse(String(json));

/** Waits until everything that is committed is mirrored. */
async function current(admin: Queryable): Promise<void> {
  for (;;) {
    const changes = await readOldestChange(admin, await readChangeTables(admin));
    const [row] = await admin.query<{ left: string }>(
      `select exists(select 1 from vitrine_pending)
        + (select count(*) <> 2 from vitrine_state where rebuild_status = 'done') as \`left\``,
    );
    if (changes === null && Number(row?.left) === 0) return;
    await sleep(100);
  }
}

function scaled(phase: Phase, share: number): Phase {
  const cpu = Object.fromEntries(Object.entries(phase.cpu).map(([name, spent]) => [name, spent * share]));
  return { what: phase.what, documents: phase.documents * share, seconds: phase.seconds * share, cpu };
}

/** Beside the first of them, by the clock and by processor time: the machine may have other work. */
function printPhases({ print }: Staff, title: string, phases: readonly Phase[]): void {
  const sum = ({ cpu }: Spent) => Object.values(cpu).reduce((total, one) => total + one, 0);
  const [base] = phases;
  const width = Math.max(...phases.map(({ what }) => what.length));
  print(`\n${title}`);
  for (const phase of phases) {
    const { what, documents, seconds, cpu, peakMiB } = phase;
    const parts = Object.entries(cpu).map(([name, spent]) => `${name} ${spent.toFixed(1)}`);
    const ratio = base ? seconds / base.seconds : Number.NaN;
    const work = base ? sum(phase) / sum(base) : Number.NaN;
    print(
      `  ${what.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s ${ratio.toFixed(2).padStart(6)} ×  ${Math.round(
        documents / seconds,
      )
        .toLocaleString("en")
        .padStart(7)}/s` +
        `  processor ${sum(phase).toFixed(1)} s ${work.toFixed(2)} × (${parts.join(", ")})${peakMiB === undefined ? "" : `, RSS ≤ ${peakMiB} MiB`}`,
    );
  }
}
