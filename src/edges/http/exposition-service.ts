/** The families of `/metrics/tenants` that tell how a tenant's users are served now. */
import type { Apdex } from '../../domain/metrics/metrics.ts'
import type { ExposedFamily } from './exposed-family.ts'

/** How a tenant is served, over the last five minutes. */
export interface ServiceLevel {
  readonly apdex: Apdex | null
}

export const SERVICE_FAMILIES: readonly ExposedFamily<ServiceLevel>[] = [
  {
    name: 'tenantry_tenant_apdex_ratio',
    write(writer, labels, { apdex }) {
      if (apdex !== null) writer.sample('tenantry_tenant_apdex_ratio', labels, apdex.ratio)
    },
  },
]
