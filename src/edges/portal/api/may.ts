import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from './queries.ts'

/** Tells whether who is signed in may do something, such as `slo:write`: what they may not is not
 *  offered. The server decides again. */
export function useMay(permission: string): boolean {
  return useQuery(sessionQuery).data?.permissions.includes(permission) ?? false
}
