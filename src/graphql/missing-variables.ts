import { type GraphQLResolveInfo, Kind, type ValueNode } from "graphql";
import { VitrineError } from "../errors.ts";

const filterArguments = new Set(["where", "having"]);

/**
 * Refuses conditions whose variable has no value. GraphQL drops such a field from its object, and a filter without a
 * condition fits more than was meant: everything, or all that another bound leaves. A whole argument may be left out.
 * @throws VitrineError BAD_INPUT that names the place and the variable
 */
export function refuseMissingVariables({
  fieldNodes,
  variableValues,
}: Pick<GraphQLResolveInfo, "fieldNodes" | "variableValues">): void {
  const visit = (node: ValueNode, path: string): void => {
    if (node.kind === Kind.OBJECT)
      for (const { name, value } of node.fields) visit(value, `${path}.${name.value}`);
    else if (node.kind === Kind.LIST)
      for (const [index, item] of node.values.entries()) visit(item, `${path}[${index}]`);
    else if (node.kind === Kind.VARIABLE && !Object.hasOwn(variableValues, node.name.value))
      throw new VitrineError(
        "BAD_INPUT",
        `${path}: $${node.name.value} has no value. Give it one, or leave the condition out.`,
      );
  };
  // Validation has seen to it that all nodes of a field have the same arguments.
  for (const { name, value } of fieldNodes[0]?.arguments ?? [])
    if (filterArguments.has(name.value) && value.kind !== Kind.VARIABLE) visit(value, name.value);
}
