/** What comparing with a peer came to. */
export interface Comparison {
  cases: number
  /** By us. */
  accepted: number
  /** How often each known difference was met. */
  readonly known: Map<string, number>
  readonly unexplained: { readonly body: string; readonly why: string }[]
}

export function openComparison(): Comparison {
  return { cases: 0, accepted: 0, known: new Map(), unexplained: [] }
}
