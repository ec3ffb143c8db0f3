import { readColumnWidths } from "../../exports/read-column-widths.ts";
import type { DocumentModel } from "../../models/model.ts";
import { storedFields } from "../../stores/conversion/stored-fields.ts";
import type { MariaDb } from "../../stores/mariadb/mariadb.ts";
import { clientOf } from "../client-of.ts";
import { AFTER_WRITE_HEADER } from "../read-arguments.ts";
import type { GatewayOptions, RequestState } from "../yoga.ts";
import { type FileRequest, giveFile } from "./give-file.ts";
import { noteStream } from "./note-stream.ts";
import { type AskedExport, readExportAddress } from "./read-export-address.ts";
import { limitRows } from "./read-rows.ts";
import type { SentFile } from "./send-file.ts";
import { streamModel } from "./stream-model.ts";

/** What is exported over HTTP. */
export interface Exported {
  readonly models: readonly DocumentModel[];
  readonly reader: MariaDb;
}

/** Answers `GET /export/<model>.<format>` with the documents of a model. */
export async function answerExport(
  request: FileRequest & { readonly state: RequestState; readonly options: GatewayOptions },
  { models, reader }: Exported,
): Promise<void> {
  const { state, turns, options } = request;
  await giveFile(request, async (signal, send) => {
    const refusal = options.documentRule?.refuse(state.principal);
    if (refusal) throw refusal;
    const asked = readExportAddress(
      state.req.url ?? "",
      models,
      options.schema,
      state.req.headers[AFTER_WRITE_HEADER]?.toString(),
    );
    const { model, form } = asked;
    state.exchange.operation = `export ${model.name}`;
    const widths = form.format === "parquet" ? { widths: await readColumnWidths(reader, model) } : {};
    const client = clientOf(state.req, state.principal, options.proxies ?? 0);
    const places = { ...options, ...state.answering, reader, client };
    await streamModel(places, asked, signal, (documents, age) =>
      send(form, {
        ...toShape(asked),
        ...widths,
        documents: limitRows(
          documents,
          undefined,
          turns.limits.maxRows,
          noteStream(state.exchange, age.source),
        ),
        freshness: [age],
      }),
    );
  });
}

/** The columns of the file. Extended JSON has the key in any case, as its id. */
function toShape({ root: name, model, fields, form }: AskedExport): Pick<SentFile, "name" | "shape"> {
  const all = new Map(storedFields(model.fields));
  const { key, keyParts } = model;
  const names = form.format === "ejson" ? new Set([key, ...(keyParts ?? []), ...fields]) : fields;
  const shown = [...names].flatMap((one) => {
    const field = all.get(one);
    return field ? [[one, field] as const] : [];
  });
  return {
    name,
    shape: { name: model.name, key, ...(keyParts ? { keyParts } : {}), fields: Object.fromEntries(shown) },
  };
}
