import type { GraphQLResolveInfo, SelectionSetNode } from "graphql";
import { currentName } from "../models/former-names.ts";
import type { DocumentModel } from "../models/model.ts";
import { storedNames } from "../stores/conversion/stored-fields.ts";

/** Where a field stands in an operation: what is asked of it below. */
export type Selection = Pick<GraphQLResolveInfo, "fieldNodes" | "fragments">;

/** By the place in an operation that asks, as long as that is remembered; then by model, and by the places below it. */
const found = new WeakMap<object, Map<DocumentModel, Map<Places, readonly string[]>>>();

type Places = readonly (readonly string[])[];
const itself: Places = [[]];

/**
 * The fields that an answer needs of a model's documents, the key among them, in the model's order: those that are
 * selected, and those that hold the id which a selected link follows. What a directive leaves out counts as selected.
 * @param places the fields below the selection that lead to documents, as `["edges", "node"]`; default: it is one itself
 */
export function selectedFields(
  selection: Selection,
  model: DocumentModel,
  places: Places = itself,
): readonly string[] {
  const { fieldNodes } = selection;
  const [first] = fieldNodes;
  // The executor makes a list of nodes anew for each request, and gives it to all items of a list.
  const key = first && fieldNodes.length === 1 ? first : fieldNodes;
  const ofModels = found.get(key) ?? new Map<DocumentModel, Map<Places, readonly string[]>>();
  found.set(key, ofModels);
  const ofPlaces = ofModels.get(model) ?? new Map<Places, readonly string[]>();
  ofModels.set(model, ofPlaces);
  const fields = ofPlaces.get(places) ?? findFields(selection, model, places);
  ofPlaces.set(places, fields);
  return fields;
}

function findFields(
  { fieldNodes, fragments }: Selection,
  model: DocumentModel,
  places: Places,
): readonly string[] {
  const wanted = new Set([model.key]);
  for (const place of places) {
    // A second spread of a fragment adds nothing, and following each would take exponentially long.
    const followed = new Set<string>();
    const visit = (selections: SelectionSetNode | undefined, rest: readonly string[]): void => {
      for (const one of selections?.selections ?? []) {
        if (one.kind === "InlineFragment") visit(one.selectionSet, rest);
        else if (one.kind === "FragmentSpread") {
          const spread = `${rest.length} ${one.name.value}`;
          if (followed.has(spread)) continue;
          followed.add(spread);
          visit(fragments[one.name.value]?.selectionSet, rest);
        } else if (rest.length === 0) wanted.add(holderOf(model, one.name.value));
        else if (one.name.value === rest[0]) visit(one.selectionSet, rest.slice(1));
      }
    };
    for (const { selectionSet } of fieldNodes) visit(selectionSet, place);
  }
  return storedNames(model).filter((name) => wanted.has(name));
}

/** The field of the document in which the value of a GraphQL field is found. */
function holderOf(model: DocumentModel, name: string): string {
  const current = currentName(model.fields, name);
  const field = model.fields[current];
  return field?.kind === "link" ? (field.key.split(".", 1)[0] ?? name) : current;
}
