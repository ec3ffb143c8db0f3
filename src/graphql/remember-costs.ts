import type { DocumentNode } from "graphql";

type Variables = Readonly<Record<string, unknown>>;

/** Costs of operations that are the same whatever their variables are, for as long as their documents are remembered. */
export interface RememberedCosts {
  /** Undefined: it has to be read. */
  find(document: DocumentNode, operationName: string | null | undefined): number | undefined;
  /** The cost that `read` finds, which is remembered when it looks at none of the variables. */
  read(
    asked: { readonly document: DocumentNode; readonly operationName?: string | null | undefined },
    variables: Variables,
    read: (variables: Variables) => number,
  ): number;
}

/** What was found of one operation: its cost, or that this varies. */
type Found = number | "varies";

/** Remembers the costs that one gateway reads. */
export function rememberCosts(): RememberedCosts {
  const known = new WeakMap<DocumentNode, Map<string, Found>>();
  const find = (document: DocumentNode, operationName: string | null | undefined): Found | undefined =>
    known.get(document)?.get(operationName ?? "");
  return {
    find(document, operationName) {
      const found = find(document, operationName);
      return found === "varies" ? undefined : found;
    },
    read({ document, operationName }, variables, read) {
      if (find(document, operationName) === "varies") return read(variables);
      let found: Found | undefined;
      const cost = read(watch(variables, () => (found = "varies")));
      const ofDocument = known.get(document) ?? new Map<string, Found>();
      known.set(document, ofDocument.set(operationName ?? "", found ?? cost));
      return cost;
    },
  };
}

/** The same variables, of which `note` is told when anything is looked at. */
function watch(variables: Variables, note: () => void): Variables {
  const noting =
    <Of extends unknown[], Given>(inner: (...of: Of) => Given) =>
    (...of: Of): Given => {
      note();
      return inner(...of);
    };
  return new Proxy<Variables>(variables, {
    get: noting(Reflect.get),
    has: noting(Reflect.has),
    ownKeys: noting(Reflect.ownKeys),
    getOwnPropertyDescriptor: noting(Reflect.getOwnPropertyDescriptor),
  });
}
