import type { ReactNode } from 'react'
import type { PolicyStateBody } from '../../http/api/slo-policy.schema.ts'
import { formatBudget } from '../format/format.ts'
import { Instant } from '../ui/instant.tsx'
import { actionsText } from './budget-words.ts'
import { Whose } from './whose.tsx'
import tables from '../ui/table.module.css'
import styles from './budget.module.css'

/** The steps of budget policies that hold: since when, what they do, and what ends them. */
export function HeldSteps({
  states,
  isNamed,
}: {
  states: readonly PolicyStateBody[]
  /** Of several tenants and SLOs: each says whose it is. */
  isNamed: boolean
}): ReactNode {
  if (states.length === 0) return <p className={styles.none}>No step of a budget policy holds.</p>
  return (
    <table className={`${tables.table} ${styles.table}`} aria-label="Steps that hold">
      <thead>
        <tr>
          {isNamed && <th scope="col">Tenant and SLO</th>}
          <th scope="col">Step</th>
          <th scope="col">Since</th>
          <th scope="col">Budget left</th>
          <th scope="col">What it does</th>
        </tr>
      </thead>
      <tbody>
        {states.map((state) => (
          <StepRow
            key={`${state.tenantId} ${state.sloId} ${state.policyId} ${state.stepId}`}
            state={state}
            isNamed={isNamed}
          />
        ))}
      </tbody>
    </table>
  )
}

function StepRow({ state, isNamed }: { state: PolicyStateBody; isNamed: boolean }): ReactNode {
  const { tenantId, sloId, policyId, stepId, enteredAtMs, budgetLeftRatio, leaveLeftRatio } = state
  return (
    <tr>
      {isNamed && (
        <th scope="row">
          <Whose tenantId={tenantId} sloId={sloId} />
        </th>
      )}
      <td data-label="Step">
        {stepId}
        <small>{policyId}</small>
      </td>
      <td data-label="Since">
        <Instant atMs={enteredAtMs} />
      </td>
      <td data-label="Budget left">
        {formatBudget(budgetLeftRatio)}
        <small>ends at {formatBudget(leaveLeftRatio)}</small>
      </td>
      <td data-label="What it does" className={tables.wide}>
        {actionsText(state.actions)}
      </td>
    </tr>
  )
}
