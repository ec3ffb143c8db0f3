import type { BooleanField, Fields, IntField, LinkField, ScalarField } from "./field.ts";

type ScalarValue<F extends ScalarField> = F extends IntField
  ? number
  : F extends BooleanField
    ? boolean
    : string;
type StoredValue<F> = F extends ScalarField
  ? ScalarValue<F>
  : F extends { readonly kind: "object"; readonly fields: infer G extends Fields }
    ? DocumentOf<G>
    : F extends { readonly kind: "list"; readonly item: infer I }
      ? readonly ValueOf<I>[]
      : never;
type ValueOf<F> = F extends { readonly nullable: true } ? StoredValue<F> | null : StoredValue<F>;

/** The TypeScript type of a document with these fields, in canonical form. Links are not part of it. */
export type DocumentOf<F extends Fields> = {
  readonly [K in keyof F as F[K] extends LinkField ? never : K]: ValueOf<F[K]>;
};
