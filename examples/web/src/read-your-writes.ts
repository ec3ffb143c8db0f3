import { ApolloLink } from "@apollo/client";
import { tap } from "rxjs";

/**
 * Remembers the token of the newest mutation, and sends it with every request from then on: what is read after a write
 * shows it, from the mirror when that is so far, else from the tables.
 */
export function readYourWrites(): ApolloLink {
  let token: string | undefined;
  return new ApolloLink((operation, forward) => {
    if (token !== undefined) {
      const header = { "x-vitrine-after-write": token };
      operation.setContext(({ headers = {} }) => ({ headers: { ...headers, ...header } }));
    }
    return forward(operation).pipe(
      tap(({ data }) => {
        for (const answer of Object.values(data ?? {})) if (hasToken(answer)) token = answer.token;
      }),
    );
  });
}

/** Every mutation answers with one; so nothing else in an answer has a field of that name. */
const hasToken = (answer: unknown): answer is { readonly token: string } =>
  typeof answer === "object" && answer !== null && "token" in answer && typeof answer.token === "string";
