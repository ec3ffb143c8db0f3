import { createPastSource, withLiveSource } from "../../exports/export-sources.ts";
import { readColumnWidths } from "../../exports/read-column-widths.ts";
import type { Document, DocumentId, DocumentModel } from "../../models/model.ts";
import { storedFields, storedNames } from "../../stores/conversion/stored-fields.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import type { GatewayOptions } from "../yoga.ts";
import { type FileRequest, giveFile } from "./give-file.ts";
import { type AskedExport, readExportAddress } from "./read-export-address.ts";
import type { SentFile } from "./send-file.ts";

/** What is exported over HTTP. */
export interface Exported {
  readonly models: readonly DocumentModel[];
  readonly reader: MariaDb;
}

/**
 * Answers `GET /export/<model>.<format>` with the documents of a model: of live in one snapshot, of the past as of
 * one moment. A document that the store cannot give breaks the file off: who fetches it could not be told that it lacks some.
 */
export async function answerExport(
  request: FileRequest & { readonly options: GatewayOptions },
  { models, reader }: Exported,
): Promise<void> {
  const { state, options } = request;
  const { schema, stores } = options;
  await giveFile(request, async (signal, send) => {
    const asked = readExportAddress(state.req.url ?? "", models, schema);
    const { model, where, asOf, form } = asked;
    state.exchange.operation = `export ${model.name}`;
    const wanted = new Set([model.key, ...asked.fields]);
    const fields = storedNames(model).filter((name) => wanted.has(name));
    const widths = form.format === "parquet" ? await readColumnWidths(reader, model) : undefined;
    const sendFrom = (documents: AsyncIterable<Document>, age: object) =>
      send(form, {
        ...toShape(asked),
        documents,
        freshness: [{ root: asked.name, model: model.name, ...age }],
        ...(widths ? { widths } : {}),
      });
    const settings = { signal, fields, onInvalid };
    if (asOf !== undefined)
      return sendFrom(createPastSource(stores.live, asOf).stream(model, where, settings), {
        source: "LIVE",
        asOf,
      });
    const { store, freshness, collection } = await options.route(
      model,
      { source: asked.source, maxStalenessMs: undefined },
      signal,
    );
    if (store === "mirror")
      return sendFrom(stores.mirror.stream(model, where, { ...settings, collection }), {
        source: "MIRROR",
        ...freshness,
      });
    await withLiveSource(reader, async (source) =>
      sendFrom(source.stream(model, where, settings), {
        source: "LIVE",
        ...freshness,
        position: await source.positionOf(model),
      }),
    );
  });
}

/** The columns of the file. Extended JSON has the key in any case, as its id. */
function toShape({ name, model, fields, form }: AskedExport): Pick<SentFile, "name" | "shape"> {
  const all = new Map(storedFields(model.fields));
  const names = form.format === "ejson" ? new Set([model.key, ...fields]) : fields;
  const shown = [...names].flatMap((one) => {
    const field = all.get(one);
    return field ? [[one, field] as const] : [];
  });
  return { name, shape: { name: model.name, key: model.key, fields: Object.fromEntries(shown) } };
}

function onInvalid(_id: DocumentId, error: Error): never {
  throw error;
}
