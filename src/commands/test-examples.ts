import { dirname } from "node:path";
import { Kind, OperationTypeNode, parse } from "graphql";
import type { App } from "../app/open-app.ts";
import { type ProjectExample, readProjectExamples } from "../graphql/examples.ts";
import type { CommandContext } from "./context.ts";
import { type Answer, askForAnswer, type GatewayAddress } from "./post-query.ts";

/** What there is to be asked, and how many are left alone since they write: a test writes nothing into somebody's database. */
export interface TestExamples {
  readonly asked: readonly ProjectExample[];
  readonly writing: number;
}

/** The examples of every domain of the project. */
export async function readTestExamples({ project, config }: App): Promise<TestExamples> {
  const all = await readProjectExamples(project, dirname(config.projectFile));
  const asked = all.filter(({ query }) => !isWriting(query));
  return { asked, writing: all.length - asked.length };
}

const isWriting = (query: string): boolean =>
  parse(query).definitions.some(
    (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.MUTATION,
  );

/** Asks an example with the values of its variables. */
export const askExample = (
  { query, variables }: ProjectExample,
  gateway: GatewayAddress,
  signal: AbortSignal,
): Promise<Answer> =>
  askForAnswer(
    gateway,
    { query, operationName: undefined, variables: JSON.parse(variables ?? "{}") as Record<string, unknown> },
    signal,
  );

/** Asks every example of a gateway that asks nobody who they are. @returns what fails, in a sentence each */
export async function askExamples(
  { print, signal }: CommandContext,
  { asked, writing }: TestExamples,
  url: string,
): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const example of asked) {
    const { errors = [] } = await askExample(example, { url, token: undefined }, signal);
    if (errors[0]) failures.push(`The example ${example.domain}/${example.name} fails: ${errors[0].message}`);
  }
  const untold = writing === 0 ? "" : `, ${writing} left alone since they write`;
  print(`${asked.length} examples asked, ${failures.length} failed${untold}`);
  return failures;
}
