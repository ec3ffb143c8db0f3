import { createRandom, type Random } from "../../faults/random.ts";

/** A number, exact text, text without regard to case, a day. */
type Kind = "number" | "text" | "caseless" | "day";
type Column = readonly [name: string, kind: Kind];

/** Something in FROM, and what it is called. */
interface Relation {
  readonly sql: string;
  readonly alias: string;
  readonly columns: readonly Column[];
}

const numbers = (...names: readonly string[]): readonly Column[] => names.map((name) => [name, "number"]);

const tables: Readonly<Record<string, readonly Column[]>> = {
  bed: [...numbers("bed_id", "sun"), ["name", "text"], ["kind", "caseless"], ["made", "day"]],
  gardener: [
    ...numbers("gardener_id", "boss_id", "bed_id"),
    ["name", "text"],
    ["nick", "caseless"],
    ["born", "day"],
  ],
  plant: [
    ...numbers("plant_id", "bed_id", "gardener_id", "height", "width", "size"),
    ...([
      ["species", "text"],
      ["label", "caseless"],
      ["month", "text"],
    ] as const),
  ],
  harvest: [...numbers("plant_id", "gardener_id"), ["day", "day"], ["grade", "text"]],
  species: [
    ["species", "text"],
    ["family", "caseless"],
    ["hardy", "number"],
  ],
  tag: [
    ["code", "caseless"],
    ["title", "text"],
  ],
  plant_tag: [...numbers("plant_id", "rank_no", "tag_key"), ["code", "caseless"]],
};
const constants: Readonly<Record<Kind, readonly string[]>> = {
  number: ["1", "2", "3"],
  text: ["'a'", "'b'", "'1'"],
  caseless: ["'a'", "'B'", "'1'"],
  day: ["'2024-01-31'", "'2024-02-01'"],
};

/** A view over the garden that a seed decides: joins, groups, unions, limits, windows and sub-queries, as they come. */
export function createRandomView(seed: number): string {
  const maker = createMaker(createRandom(seed));
  const { random, chance } = maker;
  const first = maker.relation(0);
  const scope: Relation[] = [first];
  let from = first.sql;
  for (let count = random.below(4); count > 0; count -= 1) {
    const next = maker.relation(0);
    const word = random.pick(["join", "join", "left join", "left join", "cross join"]);
    const on = chance(60) ? [maker.link(next, random.pick(scope))] : [];
    const all = [...on, maker.condition(scope, next, 0)];
    from = `${from} ${word} ${next.sql}${word === "cross join" ? "" : ` on ${all.join(" and ")}`}`;
    scope.push(next);
  }
  const where = Array.from({ length: random.below(3) }, () => maker.condition(scope, random.pick(scope), 0));
  const root = chance(75) ? first : random.pick(scope);
  const [key] = chance(70) ? (root.columns[0] ?? ["", ""]) : random.pick(root.columns);
  const id = `${root.alias}.${key}`;
  const isGrouped = chance(20);
  const outputs = Array.from(
    { length: 1 + random.below(3) },
    (_, index) => `${isGrouped ? maker.total(random.pick(scope)) : maker.output(scope)} as o${index}`,
  );
  return `select ${isGrouped || chance(90) ? "" : "distinct "}${id} as document_id, ${outputs.join(", ")} from ${from}${
    where.length > 0 ? ` where ${where.join(" and ")}` : ""
  }${isGrouped ? ` group by ${id}` : ""}`;
}

interface Maker {
  readonly random: Random;
  chance(percent: number): boolean;
  relation(depth: number): Relation;
  link(one: Relation, other: Relation): string;
  condition(scope: readonly Relation[], fresh: Relation, depth: number): string;
  total(of: Relation): string;
  output(scope: readonly Relation[]): string;
}

function createMaker(random: Random): Maker {
  let count = 0;
  const chance = (percent: number) => random.below(100) < percent;
  const columnOf = ({ alias, columns }: Relation) => `${alias}.${random.pick(columns)[0]}`;
  const relation = (depth: number): Relation => {
    count += 1;
    const alias = `r${count}`;
    const table = random.pick(Object.keys(tables));
    const columns = tables[table] ?? [];
    return depth > 1 || chance(62)
      ? { sql: `${table} ${alias}`, alias, columns }
      : derive(random, { table, alias, columns });
  };
  const check = ({ alias, columns }: Relation): string => {
    const [name, kind] = random.pick(columns);
    const test = random.pick(["is null", "is not null", "=", ">", "<>"]);
    return `${alias}.${name} ${test}${test.startsWith("is") ? "" : ` ${random.pick(constants[kind])}`}`;
  };
  const link = (one: Relation, other: Relation): string => {
    const pairs = one.columns.flatMap(([name, kind]) =>
      other.columns
        .filter(([, its]) => its === kind)
        .map(([its]) => [`${one.alias}.${name}`, `${other.alias}.${its}`] as const),
    );
    if (pairs.length === 0) return check(one);
    // Most links are by what has the same name, as of foreign keys: others lead to no document in particular.
    const named = pairs.filter(([left, right]) => left.split(".")[1] === right.split(".")[1]);
    const [left, right] = random.pick(named.length > 0 && chance(70) ? named : pairs);
    if (chance(60)) return `${left} = ${right}`;
    return random.pick([
      `${left} = ${right}`,
      `${right} = ${left}`,
      `${left} = ${right}`,
      `${left} <=> ${right}`,
      `coalesce(${left}, 1) = ${right}`,
      `${left} <= ${right}`,
    ]);
  };
  const rows = (scope: readonly Relation[], depth: number) => {
    const own = relation(depth + 1);
    const joined = chance(25) ? relation(2) : null;
    const from =
      joined === null
        ? own.sql
        : `${own.sql} ${random.pick(["join", "left join"])} ${joined.sql} on ${link(joined, own)}`;
    const where = chance(85) ? [link(own, random.pick(scope))] : [];
    if (chance(30)) where.push(condition([...scope, own], own, depth + 1));
    return { own, sql: `${from}${where.length > 0 ? ` where ${where.join(" and ")}` : ""}` };
  };
  const asked = (scope: readonly Relation[], of: Relation, depth: number): string => {
    const { own, sql } = rows(scope, depth);
    const [name, kind] = random.pick(of.columns);
    const same = own.columns.filter(([, its]) => its === kind);
    const not = chance(40) ? "not " : "";
    if (same.length === 0 || chance(40)) return `${not}exists (select 1 from ${sql})`;
    const column = `${own.alias}.${random.pick(same)[0]}`;
    return chance(60)
      ? `${of.alias}.${name} ${not}in (select ${column} from ${sql})`
      : `${of.alias}.${name} ${random.pick(["=", "<"])} (select max(${column}) from ${sql})`;
  };
  const condition = (scope: readonly Relation[], fresh: Relation, depth: number): string => {
    if (chance(25)) return check(fresh);
    if (depth < 2 && chance(30)) return asked(scope, fresh, depth);
    const base = link(fresh, random.pick(scope));
    return chance(15)
      ? `(${base} or ${chance(50) ? check(fresh) : link(fresh, random.pick(scope))})`
      : chance(8)
        ? `not (${base})`
        : base;
  };
  const total = (of: Relation) =>
    `${random.pick(["max(", "min(", "count(", "count(distinct "])}${columnOf(of)})`;
  const output = (scope: readonly Relation[]): string => {
    if (chance(50)) return columnOf(random.pick(scope));
    if (chance(20)) return `count(*) over (partition by ${columnOf(random.pick(scope))})`;
    if (chance(20)) return asked(scope, random.pick(scope), 0);
    const { own, sql } = rows(scope, 0);
    return `(select ${total(own)} from ${sql})`;
  };
  return { random, chance, relation, link, condition, total, output };
}

/** A table in FROM as a sub-query. */
function derive(
  random: Random,
  {
    table,
    alias,
    columns,
  }: { readonly table: string; readonly alias: string; readonly columns: readonly Column[] },
): Relation {
  const [key, kind] = random.pick(columns);
  const [other, otherKind] = random.pick(columns);
  const all = columns.map(([name]) => `x.${name}`).join(", ");
  const as = (sql: string, its: readonly Column[]): Relation => ({
    sql: `(${sql}) ${alias}`,
    alias,
    columns: its,
  });
  switch (random.below(5)) {
    case 0:
      return as(
        `select x.${key} as k, count(*) as n, max(x.${other}) as m from ${table} x group by x.${key}`,
        [
          ["k", kind],
          ["n", "number"],
          ["m", otherKind],
        ],
      );
    case 1:
      return as(`select distinct x.${key} as k, x.${other} as l from ${table} x`, [
        ["k", kind],
        ["l", otherKind],
      ]);
    case 2: {
      const from = Object.entries(tables).flatMap(([name, its]) =>
        its.filter(([, one]) => one === kind).map(([column]) => `select ${column} from ${name}`),
      );
      return as(
        `select x.${key} as k from ${table} x ${random.pick(["union all", "union", "except", "intersect"])} ${random.pick(from)}`,
        [["k", kind]],
      );
    }
    case 3:
      return as(`select ${all} from ${table} x order by ${all} limit 2`, columns);
    default:
      return as(
        `select ${all}, rank() over (partition by x.${key} order by x.${other}) as n from ${table} x`,
        [...columns, ["n", "number"]],
      );
  }
}
