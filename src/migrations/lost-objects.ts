import { engineDomain } from "../models/engine-names.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { type OrphanedObject, readOrphanedObjects } from "./lost-definers.ts";
import { type MadeKind, readMadeObjects } from "./made-objects.ts";
import type { MigrationPlan } from "./migration-plan.ts";
import { objectId } from "./server-objects.ts";

/** What the log of migrations says is there, and is not. */
export interface LostObject {
  readonly kind: MadeKind;
  readonly name: string;
  /** The file that made it. */
  readonly file: string;
  /** `remade`: by `migrate up`, or by applying the engine's files anew. `kept-by-owner`: only a copy has it. */
  readonly remedy: "remade" | "kept-by-owner";
}

/** An object without its owner; `file`: of the project, which makes it again; null: somebody else's. */
export interface OwnerlessObject extends OrphanedObject {
  readonly file: string | null;
}

/** What a copy of a database lacks beside the one that it was taken of. */
export interface LostObjects {
  readonly missing: readonly LostObject[];
  readonly ownerless: readonly OwnerlessObject[];
}

/** Compares the log of migrations with what the server has. Changes nothing. */
export async function findLostObjects(db: Queryable, plan: MigrationPlan): Promise<LostObjects> {
  const made = listMade(plan);
  const ownerless = (await readOrphanedObjects(db)).map((one) => ({
    ...one,
    file: (one.kind !== "event" && made.get(objectId(one.kind, one.name))?.file) || null,
  }));
  return { missing: [...made].filter(([id]) => !plan.server.has(id)).map(([, object]) => object), ownerless };
}

/**
 * What migrations made and left: by files of their own, or by versioned ones, of which the engine's can be applied again;
 * rows of a domain's tables nobody can make. What has no file any more is not missed.
 */
function listMade(plan: MigrationPlan): ReadonlyMap<string, LostObject> {
  const made = new Map<string, LostObject>();
  for (const { name: file, ...rest } of plan.files) {
    const applied = plan.applied.get(file);
    if (applied?.kind !== rest.kind) continue;
    if (rest.kind !== "versioned") {
      const { kind, object: name } = rest;
      made.set(objectId(kind, name), { kind, name, file, remedy: "remade" });
      continue;
    }
    const remedy = rest.domain === engineDomain ? "remade" : "kept-by-owner";
    for (const { action, kind, object: name } of readMadeObjects(rest.text))
      if (action === "create") made.set(objectId(kind, name), { kind, name, file, remedy });
      else made.delete(objectId(kind, name));
  }
  return made;
}

/** Whether versioned files of the engine have to be applied again: what is lost, or has no owner, has no file of its own. */
export const isOfEngineMigrations = ({ missing, ownerless }: LostObjects): boolean =>
  [...missing, ...ownerless].some(({ file }) => file?.startsWith(`migrations/${engineDomain}/`));
