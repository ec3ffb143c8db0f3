import { addConditions } from "./analyse-condition.ts";
import type { Analysis, Env, Outputs, Relation, Scope } from "./analysis.ts";
import { addBlock, type Instance, type Value } from "./block.ts";
import type { CatalogueTable } from "./catalogue.ts";
import { readsTables } from "./reads-tables.ts";
import { Refusal, refuse } from "./refusal.ts";
import type { From, Query, TableExpression } from "./sql-tree.ts";

/** Adds the tables of FROM to a block, and their names to the scope. */
export function addFrom(from: From, env: Env, analysis: Analysis): void {
  if (from.kind === "join") {
    addJoin(from, env, analysis);
    return;
  }
  const name = from.alias.toLowerCase();
  env.scope.relations.set(
    name,
    from.kind === "table" ? findTable(from, env, analysis) : toDerived(from, env, analysis),
  );
}

function addJoin(from: From & { readonly kind: "join" }, env: Env, analysis: Analysis): void {
  addFrom(from.left, env, analysis);
  const block = from.join === "left" ? addBlock(env.block, "left") : env.block;
  const right = { ...env, block };
  addFrom(from.right, right, analysis);
  if (from.on !== null) addConditions(from.on, right, analysis);
  if (!analysis.rules.onLinksRightOnly && block !== env.block) env.block.conditions.push(...block.conditions);
}

function findTable(from: From & { readonly kind: "table" }, env: Env, analysis: Analysis): Relation {
  const named = findNamed(from.table.toLowerCase(), env.scope);
  if (named) return toNamed(named.table, named.scope, env, analysis);
  const table = analysis.catalogue.get(from.table);
  if (table)
    return toTable(analysis.addInstance(env.block, { table, constant: null, alias: from.alias }), table);
  const view = analysis.views.get(from.table);
  if (view instanceof Refusal) throw new Refusal(`View ${from.table}: ${view.message}`);
  if (view === undefined)
    return refuse(
      `${from.table} is neither a table nor a view here`,
      "Make it first, or read another table.",
    );
  if (!readsTables(view, analysis.views)) return toConstant(from.table, from.alias, env, analysis);
  return toRelation(analysis.query(view, { block: env.block, scope: null, competes: true }));
}

function findNamed(
  name: string,
  from: Scope,
): { readonly table: TableExpression; readonly scope: Scope | null } | undefined {
  for (let scope: Scope | null = from; scope !== null; scope = scope.outer) {
    const table = scope.tables.get(name);
    if (table) {
      // It sees those before it only.
      const all = [...scope.tables];
      const before = new Map(
        all.slice(
          0,
          all.findIndex(([other]) => other === name),
        ),
      );
      return { table, scope: { ...scope, tables: before } };
    }
  }
  return undefined;
}

function toNamed(table: TableExpression, scope: Scope | null, env: Env, analysis: Analysis): Relation {
  const outputs = analysis.query(table.query, { block: env.block, scope, competes: true });
  return toRelation(table.columns.length === 0 ? outputs : { ...outputs, names: table.columns });
}

function toDerived(from: From & { readonly kind: "derived" }, env: Env, analysis: Analysis): Relation {
  if (!readsTables(from.query, analysis.views)) return toConstant(from.query, from.alias, env, analysis);
  return toRelation(analysis.query(from.query, { block: env.block, scope: env.scope.outer, competes: true }));
}

function toConstant(constant: Query | string, alias: string, env: Env, analysis: Analysis): Relation {
  const instance = analysis.addInstance(env.block, { table: null, constant, alias });
  return { column: (column) => ({ kind: "column", instance, column }) };
}

const toRelation = (outputs: Outputs): Relation => ({
  column: (name) => {
    const index = outputs.names.findIndex((one) => one?.toLowerCase() === name.toLowerCase());
    return index < 0 ? null : outputs.value(index);
  },
});

function toTable(instance: Instance, table: CatalogueTable): Relation {
  const byName = new Map([...table.columns.keys()].map((column) => [column.toLowerCase(), column]));
  return {
    column: (name): Value | null => {
      const column = byName.get(name.toLowerCase());
      if (column === undefined) return null;
      if (table.columns.get(column)?.isPeriod)
        refuse(
          `${table.name}.${column} says when a row was written`,
          "Take it out: it changes with every write, and is not logged.",
        );
      instance.used.add(column);
      return { kind: "column", instance, column };
    },
  };
}
