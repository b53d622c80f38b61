import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { DeployGateBody } from '../../http/api/deploy-gate.schema.ts'
import { useMay } from '../api/may.ts'
import { tenantGateQuery } from '../api/queries.ts'
import { formatBudget } from '../format/format.ts'
import { formatInstant } from '../format/time.ts'
import { Icon } from '../ui/icon.tsx'
import { Instant } from '../ui/instant.tsx'
import { OverrideForm, RevokeOverride } from './gate-override.tsx'
import styles from './deploy-gate.module.css'

/** Says that deploys for the tenant are frozen, since when and why, or who overrode that, and lets
 *  who may open the gate for a while. Nothing while no budget freezes them. */
export function DeployGateMark({ tenantId, name }: { tenantId: string; name: string }): ReactNode {
  const { data: gate } = useQuery(tenantGateQuery(tenantId))
  const mayOverride = useMay('slo:write')
  const [isAsking, setAsking] = useState(false)
  if (gate === undefined || gate.freezes.length === 0) return null
  const isClosed = gate.gate === 'closed'
  return (
    <section
      className={isClosed ? `${styles.gate} ${styles.closed}` : styles.gate}
      aria-label="Deploy gate"
    >
      <Icon name={isClosed ? 'pause' : 'check'} />
      <div>
        <p className={styles.head}>
          {isClosed ? 'Deploys are frozen' : 'Deploys are frozen, and the gate is overridden'}
          {gate.sinceMs !== null && (
            <>
              , since <Instant atMs={gate.sinceMs} />
            </>
          )}
        </p>
        <ul className={styles.why}>
          {gate.freezes.map((freeze) => (
            <li key={`${freeze.policyId} ${freeze.stepId} ${freeze.sloId}`}>{whyOf(freeze)}</li>
          ))}
        </ul>
        {gate.overrides.map((override) => (
          <div key={override.overrideId} className={styles.override}>
            <p>
              Open until <time>{formatInstant(override.expiresAtMs)}</time> by{' '}
              {override.createdByName}: {override.reason}
            </p>
            {mayOverride && <RevokeOverride override={override} />}
          </div>
        ))}
        {isClosed && <p>{openingOf(gate)}</p>}
        {isClosed && mayOverride && (
          <Button
            className={styles.act ?? ''}
            size="compact-sm"
            variant="default"
            onClick={() => setAsking(true)}
          >
            Open it for a while
          </Button>
        )}
        {isAsking && (
          <OverrideForm tenantId={tenantId} name={name} onDone={() => setAsking(false)} />
        )}
      </div>
    </section>
  )
}

function whyOf(freeze: DeployGateBody['freezes'][number]): string {
  const { title, budgetLeftRatio, bad, total, leaveLeftRatio, policyId, stepId } = freeze
  const policy = `${policyId}, step ${stepId}`
  if (budgetLeftRatio === null || bad === null || total === null)
    return `${title}: nothing is counted now (${policy})`
  const counts = `${bad.toLocaleString('en-GB')} bad of ${total.toLocaleString('en-GB')}`
  const left = `${formatBudget(budgetLeftRatio)} of the budget left`
  return `${title}: ${left}, ${counts}; opens at ${formatBudget(leaveLeftRatio)} (${policy})`
}

function openingOf({ opensAtMs }: DeployGateBody): ReactNode {
  if (opensAtMs === null) return 'At the present rate it does not open within the period.'
  return <>At the present rate it opens on {formatInstant(opensAtMs)}.</>
}
