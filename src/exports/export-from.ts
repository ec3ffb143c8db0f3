import { VitrineError } from "../errors.ts";
import type { DocumentModel } from "../models/model.ts";
import type { DocumentStore } from "../stores/document-store.ts";
import type { MariaDb } from "../stores/mariadb/mariadb.ts";
import { type ExportRequest, exportModels, type Manifest } from "./export-models.ts";
import { createMirrorSource, createPastSource, withLiveSource } from "./export-sources.ts";
import { readColumnWidths } from "./read-column-widths.ts";

export interface ExportStores {
  readonly reader: MariaDb;
  readonly live: DocumentStore;
  readonly mirror: DocumentStore;
}

/**
 * Exports from the store that is named; from live as it was at `asOf`, when there is such a moment.
 * @throws VitrineError USAGE when the mirror is asked for the past; and as exportModels
 */
export async function exportFrom(
  { reader, live, mirror }: ExportStores,
  store: "live" | "mirror",
  asOf: string | undefined,
  request: Omit<ExportRequest, "source" | "widthsOf">,
): Promise<Manifest> {
  const widthsOf = (model: DocumentModel) => readColumnWidths(reader, model);
  const from = (source: ExportRequest["source"]) => exportModels({ ...request, widthsOf, source });
  if (store === "mirror" && asOf !== undefined)
    throw new VitrineError("USAGE", "--as-of is read live: the mirror keeps the newest state only.");
  if (store === "mirror") return from(createMirrorSource(mirror, reader));
  if (asOf !== undefined) return from(createPastSource(live, asOf));
  const views = request.models.map(({ model }) => model.name);
  return withLiveSource(reader, from, request.signal, { views, tables: [] });
}
