import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  type VariableDefinitionNode,
} from "graphql";
import type { Place } from "../web/dashboard/page-settings.ts";

/** Whether a variable that is not told narrows something all the same. */
export const hasDefault = ({ defaultValue }: VariableDefinitionNode): boolean =>
  defaultValue !== undefined &&
  defaultValue.kind !== Kind.NULL &&
  !(defaultValue.kind === Kind.OBJECT && defaultValue.fields.length === 0);

/**
 * The type of the place that a path leads to, through an operation's variable into its input objects.
 * A text when it leads nowhere: the problem.
 */
export function findPlace(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  text: string,
): Place | string {
  const path = text.split(".");
  const [variable, ...fields] = path;
  const declared = operation.variableDefinitions?.find((one) => one.variable.name.value === variable);
  if (!declared) return `"${text}": the operation declares no variable $${variable}`;
  // The operation was validated: its types are those of the schema.
  let type = getNullableType(typeFromAST(schema, declared.type as never) as GraphQLInputType);
  for (const field of fields) {
    const inner = isInputObjectType(type) ? type.getFields()[field] : undefined;
    if (!inner) return `"${text}": ${String(type)} has no field ${field}`;
    type = getNullableType(inner.type);
  }
  if (fields.length > 0 && hasDefault(declared))
    return `"${text}": $${variable} has a default, which would hold until a filter is set; leave it out`;
  return isInputObjectType(type)
    ? `"${text}" is a ${type.name}, no single value`
    : { path, type: String(type) };
}
