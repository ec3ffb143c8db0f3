/**
 * A view that is not understood well enough to say which documents a change may alter. The message is a sentence
 * that names the construct and the remedy; whoever catches it adds the view.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

/** Ends the analysis of a view. @throws Refusal always. */
export function refuse(construct: string, remedy: string): never {
  throw new Refusal(`${construct}. ${remedy}`);
}
