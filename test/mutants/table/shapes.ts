import type { Mutant } from "../mutant.ts";

const test = "integration/mirror/shape-change.test.ts";
const races = "integration/mirror/shape-races.test.ts";

export const shapeMutants: readonly Mutant[] = [
  {
    trap: "A snapshot does not show a loader that its shape was replaced.",
    file: "src/core/model-state.ts",
    find: "if (row?.shape_hash !== shapeHash(model)) return [];",
    replace: "if (!row) return [];",
    test: races,
    named: "what a loader of the shape before has in hand",
  },
  {
    trap: "A batch that was written to a collection that was left is acknowledged.",
    file: "src/core/acknowledge.ts",
    find: "and collection = ?",
    replace: "and ? <> ''",
    test: races,
    named: "a batch for a collection that was left",
  },
  {
    trap: "Readers of fewer fields go live while fields are added.",
    file: "src/core/source-status.ts",
    find: "if (row.rebuilt_at !== null && has(row.held_shape)) return current;",
    replace: "",
    test,
    named: "a field is added while all go on",
  },
  {
    trap: "Documents that a rebuild has not reached yet are called defects.",
    file: "src/mirror/verify/probe.ts",
    find: " && state.heldShape === null",
    replace: "",
    test,
    named: "a field is added while all go on",
  },
  {
    trap: "Another kind is rebuilt in place.",
    file: "src/core/adopt-shapes.ts",
    find: "extendsShape(shape, state.shape)",
    replace: "extendsShape(shape, shape)",
    test,
    named: "another kind of id is built beside",
  },
  {
    trap: "The collection before the switch claims to be fresh.",
    file: "src/core/source-status.ts",
    find: "lagMs: Math.max(0, Math.ceil(Number(row.former_age) / 1000)),",
    replace: "lagMs,",
    test,
    named: "another kind of id is built beside",
  },
  {
    trap: "A collection beside which the next is built is read though it is distrusted.",
    file: "src/core/rebuild.ts",
    find: "rebuilt_at = null, former_collection = null\n",
    replace: "rebuilt_at = null\n",
    test,
    named: "a mirror that is distrusted while the next is built",
  },
  {
    trap: "A subscriber is left with the collection before.",
    file: "src/stores/mongodb/mirror-feed.ts",
    find: "if (moved.writes !== route.writes) follower = undefined;\n            else onChange(null);",
    replace: "onChange(null);",
    test,
    named: "a subscriber is told that all is in doubt",
  },
  {
    trap: "An old collection is read by who cannot understand it.",
    file: "src/stores/mongodb/mirror-routes.ts",
    find: "if (shape !== null && !extendsShape(shape, shapeText(model)))",
    replace: "if (shape === undefined)",
    test,
    named: "who cannot ask MariaDB finds the collection",
  },
];
