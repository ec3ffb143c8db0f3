import type { Block, Instance, Value } from "./block.ts";
import { isStrict } from "./functions.ts";

/**
 * Puts blocks where they belong: the right side of a left join without which no row is left is an inner join; a
 * block whose conditions need the rows of another stands beneath it.
 */
export function placeBlocks(block: Block): void {
  for (let optional = findRequired(block); optional; optional = findRequired(block)) merge(block, optional);
  for (const child of [...block.children]) {
    // It may have its place by now: a left join of a left join of a left join.
    const beneath = blocksBeneath(block).find(
      (other) => !isAbove(child, other) && standsBeneath(child, other),
    );
    if (!beneath) continue;
    block.children = block.children.filter((one) => one !== child);
    child.parent = beneath;
    beneath.children.push(child);
  }
  for (const child of block.children) placeBlocks(child);
}

const blocksBeneath = (block: Block): readonly Block[] =>
  block.children.flatMap((child) => [child, ...blocksBeneath(child)]);

const findRequired = (block: Block): Block | undefined => block.children.find((child) => needs(block, child));

/** Whether the conditions of a block hold for no row without the rows of a left-joined one. */
const needs = (block: Block, other: Block): boolean =>
  other.kind === "left" &&
  block.conditions.some((condition) => rejectsNulls(condition, new Set(other.instances)));

/** Also a block without rows of its own, as that around an aggregate. */
const standsBeneath = (block: Block, other: Block): boolean =>
  needs(block, other) ||
  (block.instances.length === 0 &&
    block.children.length > 0 &&
    block.children.every((child) => standsBeneath(child, other)));

function isAbove(block: Block, other: Block): boolean {
  for (let one: Block | null = other; one !== null; one = one.parent) if (one === block) return true;
  return false;
}

function merge(block: Block, optional: Block): void {
  for (const instance of optional.instances) instance.block = block;
  block.instances.push(...optional.instances);
  block.conditions.push(...optional.conditions);
  for (const child of optional.children) child.parent = block;
  block.children = [...block.children.filter((one) => one !== optional), ...optional.children];
}

/** Whether a condition is false or null when these rows are missing. */
function rejectsNulls(condition: Value, missing: ReadonlySet<Instance>): boolean {
  if (condition.kind !== "made") return isNull(condition, missing);
  const { name, args } = condition;
  if (name === "and") return args.some((arg) => rejectsNulls(arg, missing));
  if (name === "or") return args.every((arg) => rejectsNulls(arg, missing));
  if (name === "is not null" || name === "is true" || name === "is false")
    return args.every((arg) => isNull(arg, missing));
  return isNull(condition, missing);
}

/** Whether a value is null when these rows are missing. */
function isNull(value: Value, missing: ReadonlySet<Instance>): boolean {
  if (value.kind === "column") return missing.has(value.instance);
  if (value.kind !== "made") return false;
  if (value.name === "in" || value.name === "not in") {
    const [left] = value.args;
    return left !== undefined && isNull(left, missing);
  }
  return isStrict(value.name) && value.args.some((arg) => isNull(arg, missing));
}
