import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { sessionQuery } from '../api/queries.ts'
import { PAGES } from './pages.ts'

/** The pages that who is signed in may see. */
export function usePages(): (typeof PAGES)[number][] {
  const { data } = useQuery(sessionQuery)
  return useMemo(() => PAGES.filter(({ needs }) => data?.permissions.includes(needs)), [data])
}
