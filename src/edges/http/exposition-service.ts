/** The families of `/metrics/tenants` that tell how a tenant's users are served now. */
import type { ActiveUsers, Apdex } from '../../domain/metrics/metrics.ts'
import type { ExposedFamily } from './exposed-family.ts'

export interface ServiceLevel {
  /** Over the last five minutes. */
  readonly apdex: Apdex | null
  readonly users: ActiveUsers
}

export const SERVICE_FAMILIES: readonly ExposedFamily<ServiceLevel>[] = [
  {
    name: 'tenantry_tenant_apdex_ratio',
    write(writer, labels, { apdex }) {
      if (apdex !== null) writer.sample('tenantry_tenant_apdex_ratio', labels, apdex.ratio)
    },
  },
  {
    name: 'tenantry_tenant_active_users',
    write(writer, labels, { users: { count } }) {
      if (count !== null) writer.sample('tenantry_tenant_active_users', labels, count)
    },
  },
  {
    name: 'tenantry_tenant_distinct_users',
    write(writer, labels, { users: { distinct } }) {
      if (distinct === null) return
      for (const [window, users] of [
        ['5m', distinct.fiveMinutes],
        ['1h', distinct.hour],
        ['1d', distinct.day],
      ] as const) {
        writer.sample('tenantry_tenant_distinct_users', [...labels, ['window', window]], users)
      }
    },
  },
]
