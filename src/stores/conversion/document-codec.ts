import { oncePer } from "../../once-per.ts";
import { compileBsonCodec } from "./bson.ts";
import { compileRowReader } from "./document-row.ts";

/** The codec of a model, compiled at first use. */
export const bsonCodecOf = oncePer(compileBsonCodec);

/** The reader of a model's rows, compiled at first use. */
export const rowReaderOf = oncePer(compileRowReader);
