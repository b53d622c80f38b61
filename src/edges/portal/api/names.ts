import { useQuery } from '@tanstack/react-query'
import { fleetQuery, publishedSlosQuery } from './queries.ts'

/** Tells what tenants and SLOs are called; their ids where that is not known. */
export function useNames(): {
  readonly tenant: (tenantId: string) => string
  readonly slo: (sloId: string) => string
} {
  const rows = useQuery(fleetQuery).data?.rows
  const slos = useQuery(publishedSlosQuery).data?.slos
  return {
    tenant: (tenantId) => rows?.find((row) => row.tenantId === tenantId)?.name ?? tenantId,
    slo: (sloId) => slos?.find((slo) => slo.sloId === sloId)?.title ?? sloId,
  }
}
