import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { LoadTestDetailBody } from '../../http/api/load-tests.schema.ts'
import { formatBurn, formatCount, formatObjective, formatShare, NOTHING } from '../format/format.ts'
import { Mark } from '../ui/state-mark.tsx'
import tables from '../ui/table.module.css'
import styles from './load-tests.module.css'

/** What the SLOs of the tested tenants counted while the test ran. */
export function MeasuredSlos({
  measured,
}: {
  measured: LoadTestDetailBody['measured']
}): ReactNode {
  const rows = measured.flatMap(({ tenantId, measured: seen }) =>
    tenantId === null
      ? []
      : (seen?.slos ?? []).filter(({ total }) => total > 0).map((slo) => ({ tenantId, slo })),
  )
  if (rows.length === 0) {
    return <p className={styles.quiet}>No SLO of these tenants counted anything meanwhile.</p>
  }
  return (
    <table className={tables.table} aria-label="SLOs meanwhile">
      <thead>
        <tr>
          <th scope="col">Tenant</th>
          <th scope="col">SLO</th>
          <th scope="col">Burn</th>
          <th scope="col" className={tables.amount}>
            Bad
          </th>
          <th scope="col" className={tables.amount}>
            Spent of the period’s budget
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ tenantId, slo }) => (
          <tr key={`${tenantId}/${slo.sloId}`}>
            <th scope="row">{tenantId}</th>
            <td>
              <Link
                to="/tenants/$tenantId/slos/$sloId"
                params={{ tenantId, sloId: slo.sloId }}
                className={styles.name}
              >
                {slo.title}
              </Link>
              <small>{formatObjective(slo.objectivePpm)}</small>
            </td>
            <td data-label="Burn">
              <BurnMark burn={slo.burn} />
            </td>
            <td className={tables.amount} data-label="Bad">
              {formatCount(slo.bad)} of {formatCount(slo.total)}
            </td>
            <td className={tables.amount} data-label="Spent of the period’s budget">
              {slo.spentOfPeriodRatio === null ? NOTHING : formatShare(slo.spentOfPeriodRatio)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function BurnMark({ burn }: { burn: number | null }): ReactNode {
  if (burn === null) return NOTHING
  return burn > 1 ? (
    <Mark tone="warning" icon="flame">
      {formatBurn(burn)}
    </Mark>
  ) : (
    <Mark tone="good" icon="check">
      {formatBurn(burn)}
    </Mark>
  )
}
