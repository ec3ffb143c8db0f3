import SchemaBuilder from "@pothos/core";
import { GraphQLError, GraphQLScalarType, Kind } from "graphql";
import type { RequestContext } from "./context.ts";
import { readBigInt, readDate, readDateTime, readDecimal } from "./values.ts";

type TextScalar = { Input: string; Output: string };

export interface SchemaTypes {
  DefaultFieldNullability: false;
  Context: RequestContext;
  Scalars: {
    ID: TextScalar;
    Decimal: TextScalar;
    BigInt: TextScalar;
    Date: TextScalar;
    DateTime: TextScalar;
  };
}

export type Builder = ReturnType<typeof createBuilder>;

/** What the texts of a scalar look like, for those who write clients: `@specifiedBy`. */
const specifications = {
  Decimal: "https://www.w3.org/TR/xmlschema11-2/#decimal",
  BigInt: "https://www.w3.org/TR/xmlschema11-2/#long",
  Date: "https://scalars.graphql.org/andimarek/local-date.html",
  DateTime: "https://scalars.graphql.org/andimarek/date-time.html",
} as const;

/** A scalar that is text in JSON, checked on the way in, passed as the store gave it on the way out. */
function textScalar(
  name: keyof typeof specifications,
  description: string,
  read: (value: unknown) => string,
) {
  return new GraphQLScalarType<string, string>({
    name,
    description,
    specifiedByURL: specifications[name],
    parseValue: read,
    // The text of a number literal is exact, so `gte: 100.00` may be written without quotes.
    parseLiteral: (node) =>
      read(
        node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT ? node.value : null,
      ),
    serialize: (value) => {
      if (typeof value === "string") return value;
      throw new GraphQLError(`A ${name} came from a store as ${typeof value}.`);
    },
  });
}

/** A Pothos builder that knows our scalars and nothing else. */
export function createBuilder() {
  const builder = new SchemaBuilder<SchemaTypes>({ defaultFieldNullability: false });
  builder.addScalarType(
    "Decimal",
    textScalar("Decimal", 'An exact decimal number as text: `"12.50"`. Never a float.', readDecimal),
  );
  builder.addScalarType(
    "BigInt",
    textScalar("BigInt", 'A 64-bit integer as text: `"9007199254740993"`.', readBigInt),
  );
  builder.addScalarType("Date", textScalar("Date", 'A calendar date: `"2024-02-29"`.', readDate));
  builder.addScalarType(
    "DateTime",
    textScalar(
      "DateTime",
      'A moment in UTC, RFC 3339 with milliseconds: `"2024-02-29T13:45:00.000Z"`. Other offsets are accepted and converted.',
      readDateTime,
    ),
  );
  return builder;
}
