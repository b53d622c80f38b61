import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'

/** Tells why nothing can be shown: the last failure, for as long as there is no answer at all.
 *  It stays while another try is under way, so that the page does not flicker. Null when there
 *  is an answer, or none was asked for yet. */
export function useFailure(query: Pick<UseQueryResult, 'data' | 'error'>): Error | null {
  const [last, setLast] = useState<Error | null>(null)
  if (query.error !== null && query.error !== last) setLast(query.error)
  return query.data === undefined ? (query.error ?? last) : null
}
