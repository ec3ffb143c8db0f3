import type { DocumentModel } from "../models/model.ts";
import { filterColumn } from "../stores/mariadb/live-filter.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { readView } from "../stores/mariadb/text-columns.ts";
import type { Finding } from "./examine.ts";

/**
 * Which texts compare otherwise in MariaDB than in the mirror. Answers are equal all the same, so it is no problem, but
 * orders, ranges and texts that begin with something find no index.
 */
export async function examineText(admin: MariaDb, models: readonly DocumentModel[]): Promise<Finding> {
  const found: string[] = [];
  for (const model of models) {
    const view = await readView(admin, model);
    for (const name of [model.key, ...model.filters]) {
      const { odd } = filterColumn(view, name);
      if (odd) found.push(`${model.name}.${name} (${odd.declared})`);
    }
  }
  const name = "text columns";
  if (found.length === 0) return { name, ok: true, detail: "all compare as the mirror does" };
  const remedy =
    "they are compared as utf8mb4_nopad_bin, with equal answers, but orders and ranges over them use no index: alter table … convert to character set utf8mb4 collate utf8mb4_nopad_bin";
  return { name, ok: true, detail: `${found.join(", ")}: ${remedy}` };
}
