import { GraphQLError, Kind, type SelectionSetNode, type ValidationRule } from "graphql";
import { codedError } from "./graphql-errors.ts";

/** Of one answer in one selection: each is compared with each other whether they agree. */
const MAX_REPEATS = 100;

/**
 * Refuses a document that names one answer of one selection more often than anybody needs. Selections that are merged count
 * together, and those of all fragments, wherever they are spread; a document is looked at once, from its start to its end.
 */
export const refuseRepeatsRule: ValidationRule = (context) => ({
  Document({ definitions }) {
    const ofFragments: Place = { times: 0, places: new Map() };
    for (const definition of definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION)
        continue;
      const root: Place =
        definition.kind === Kind.FRAGMENT_DEFINITION ? ofFragments : { times: 0, places: new Map() };
      const name = findRepeated(definition.selectionSet, root);
      if (name === undefined) continue;
      const message = `The query asks for "${name}" more than ${MAX_REPEATS} times in one place. Ask once.`;
      context.reportError(codedError(new GraphQLError(message), "LIMIT_EXCEEDED"));
      return;
    }
  },
});

/** Where an answer is within others, and how often it is asked for there. */
interface Place {
  times: number;
  readonly places: Map<string, Place>;
}

/** Notes what is selected at a place, and below; the name that comes too often, if one does. */
function findRepeated({ selections }: SelectionSetNode, { places }: Place): string | undefined {
  for (const node of selections) {
    if (node.kind === Kind.FRAGMENT_SPREAD) continue;
    let within: Place | undefined;
    if (node.kind === Kind.FIELD) {
      const name = (node.alias ?? node.name).value;
      within = places.get(name) ?? { times: 0, places: new Map() };
      places.set(name, within);
      within.times += 1;
      if (within.times > MAX_REPEATS) return name;
    }
    const repeated = node.selectionSet && findRepeated(node.selectionSet, within ?? { times: 0, places });
    if (repeated !== undefined) return repeated;
  }
  return undefined;
}
