/** What of the cardinality page stands in its address. Pure. */
export interface CardinalitySearch {
  /** The tenant whose series are shown. */
  readonly tenant?: string
}

export function readCardinalitySearch(search: Record<string, unknown>): CardinalitySearch {
  const { tenant } = search
  return typeof tenant === 'string' && tenant !== '' ? { tenant } : {}
}
