/** What the start page is told. */
export interface HomeSettings {
  readonly domains: readonly DomainSummary[];
  /** Whether probes and metrics are on this server. */
  readonly hasProbes: boolean;
}

export interface DomainSummary {
  readonly name: string;
  readonly description: string;
  /** Questions to begin with. */
  readonly questions: readonly Question[];
}

interface Question {
  readonly title: string;
  /** Opens it in GraphiQL. */
  readonly href: string;
}
