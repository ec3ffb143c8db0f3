import { createHash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Project } from "../models/project.ts";
import { type Asked, isAskedHere, isOfThisMachine } from "../monitor/allowed-hosts.ts";

/** Who may be told how answers are made, and of what. */
export interface ExplainRule {
  /** Why whoever sent this header with the request is not told; null when they are. */
  refuse(header: string, request: Asked): string | null;
  /** The text of a model's view; null when nobody has it. */
  readView(model: string): Promise<string | null>;
}

/**
 * @param setting `on`: whoever asks; `off`: nobody; anything else: a key, who sends it in the header; undefined: whoever asks on this
 *   machine, while the server listens there only; not those whom a proxy lets in
 */
export function createExplainRule(
  setting: string | undefined,
  listensOn: string,
  readView: ExplainRule["readView"],
): ExplainRule {
  const listensHere = setting === undefined && isOfThisMachine(listensOn);
  const key = setting === undefined || setting === "on" || setting === "off" ? null : hash(setting);
  return {
    readView,
    refuse(header, request) {
      if (setting === "on" || (listensHere && isAskedHere(request))) return null;
      if (key !== null && timingSafeEqual(hash(header), key)) return null;
      return key === null
        ? "This server explains no answers. VITRINE_EXPLAIN allows it."
        : "This server explains answers to those who send the key of VITRINE_EXPLAIN in this header.";
    },
  };
}

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Reads the files of a project's views, each when somebody first asks for it. */
export function createViewTexts(project: Project, projectDir: string): ExplainRule["readView"] {
  const texts = new Map<string, Promise<string | null>>();
  const folders = new Map(
    project.domains.flatMap(({ name, models }) => models.map((model) => [model.name, name] as const)),
  );
  const read = async (model: string): Promise<string | null> => {
    const folder = folders.get(model);
    if (folder === undefined) return null;
    const file = join(projectDir, project.sql, "views", folder, `${model}.sql`);
    // A server may be installed without its SQL: what answers queries needs none of it.
    return readFile(file, "utf8").catch(() => null);
  };
  return (model) => {
    const text = texts.get(model) ?? read(model);
    texts.set(model, text);
    return text;
  };
}
