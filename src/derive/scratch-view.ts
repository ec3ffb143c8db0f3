import { randomBytes } from "node:crypto";
import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";

/** A view of our own, to have the server say something of a text. */
export interface ScratchView {
  /** No other run has it. */
  readonly name: string;
  /** Makes it show this, whatever it was before. */
  define(select: string): Promise<void>;
}

/** Runs `work` with a view of its own, which is dropped however that ends. Needs the right to create views. */
export async function withScratchView<T>(db: Queryable, work: (view: ScratchView) => Promise<T>): Promise<T> {
  const name = `vitrine_scratch_${randomBytes(6).toString("hex")}`;
  const define = async (select: string) => {
    await db.run(`create or replace sql security invoker view ${quoteName(name)} as ${select}`);
  };
  try {
    return await work({ name, define });
  } finally {
    await db.run(`drop view if exists ${quoteName(name)}`);
  }
}
