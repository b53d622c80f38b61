import { useState, type ReactNode } from 'react'
import type { Judged } from '../slo-list.ts'
import styles from '../slo.module.css'
import { TrialSection } from './trial-section.tsx'

/** On the page of an SLO of all tenants: whose counts another promise is tried against. */
export function TrialOfTenant({
  judged,
  sloId,
}: {
  judged: readonly Judged[]
  sloId: string
}): ReactNode {
  const [chosen, setChosen] = useState('')
  const byName = judged.toSorted((left, right) => left.name.localeCompare(right.name))
  return (
    <>
      <label className={styles.trialTenant}>
        <span>Try another promise against the counts of</span>
        <select value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
          <option value="">no tenant yet</option>
          {byName.map(({ tenantId, name }) => (
            <option key={tenantId} value={tenantId}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {chosen !== '' && <TrialSection tenantId={chosen} sloId={sloId} />}
    </>
  )
}
