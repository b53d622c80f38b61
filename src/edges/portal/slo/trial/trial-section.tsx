import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useMemo, useState, type ReactNode } from 'react'
import type { SloBacktestBody } from '../../../http/api/slo-backtest.schema.ts'
import { postJson } from '../../api/client.ts'
import { publishedSlosQuery } from '../../api/queries.ts'
import { Fault } from '../../ui/fault.tsx'
import { Panel } from '../../ui/panel.tsx'
import type { PublishedSloBody } from '../slo-list.ts'
import styles from '../slo.module.css'
import { emptyForm, formFault, trialBody, type TrialForm } from './trial-form.ts'
import { TrialFields } from './trial-fields.tsx'
import { TrialResult } from './trial-result.tsx'

/** Somebody tries another promise: what would be left, and what would have been raised. */
export function TrialSection({ tenantId, sloId }: { tenantId: string; sloId: string }): ReactNode {
  const slo = useQuery(publishedSlosQuery).data?.slos.find((each) => each.sloId === sloId)
  if (slo === undefined || slo.kind === 'composite' || slo.kind === 'roll-up') return null
  return <TrialOf key={`${tenantId}/${sloId}`} tenantId={tenantId} slo={slo} />
}

function TrialOf({ tenantId, slo }: { tenantId: string; slo: PublishedSloBody }): ReactNode {
  const [form, setForm] = useState<TrialForm>(() => emptyForm(slo))
  const trial = useMutation({
    mutationFn: (asked: TrialForm) => {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
      const path = `/api/v1/tenants/${encodeURIComponent(tenantId)}/slos/${encodeURIComponent(slo.sloId)}`
      return postJson<SloBacktestBody>(`${path}/backtest`, trialBody(asked, slo, zone))
    },
  })
  const fault = useMemo(() => formFault(form), [form])
  return (
    <Panel label="Try another promise" head={<h2>Try another promise</h2>}>
      <p className={styles.under}>
        Judged by the counts that are stored of this tenant. Nothing is changed by it.
      </p>
      <form
        className={styles.trial}
        onSubmit={(event) => {
          event.preventDefault()
          if (fault === null) trial.mutate(form)
        }}
      >
        <TrialFields form={form} slo={slo} onChange={setForm} />
        <div className={styles.trialActions}>
          <Button
            variant="default"
            type="submit"
            size="compact-md"
            loading={trial.isPending}
            disabled={fault !== null}
          >
            Try it
          </Button>
          <Button
            type="button"
            size="compact-md"
            variant="default"
            onClick={() => {
              setForm(emptyForm(slo))
              trial.reset()
            }}
          >
            As it is
          </Button>
          {fault !== null && (
            <p className={styles.trialFault} role="alert">
              {fault}
            </p>
          )}
        </div>
      </form>
      {trial.error !== null && (
        <div className={styles.under}>
          <Fault error={trial.error} />
        </div>
      )}
      {trial.data !== undefined && <TrialResult body={trial.data} />}
    </Panel>
  )
}
