import { Button } from '@mantine/core'
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { GateOverrideBody } from '../../http/api/deploy-gate.schema.ts'
import { postJson, remove } from '../api/client.ts'
import { tenantGateQuery } from '../api/queries.ts'
import { Fault } from '../ui/fault.tsx'
import { Field, FormDialog } from '../ui/form-dialog.tsx'

/** How long a gate can be opened; longer than a week an exception is a policy. */
const SPANS = [
  { value: '1h', label: '1 hour' },
  { value: '2h', label: '2 hours' },
  { value: '8h', label: '8 hours' },
  { value: '1d', label: '1 day' },
  { value: '3d', label: '3 days' },
  { value: '7d', label: '7 days' },
] as const

/** Opens a deploy gate although budgets are spent, as for a hot fix: with a reason and an end. */
export function OverrideForm({
  tenantId,
  name,
  onDone,
}: {
  tenantId: string
  name: string
  onDone: () => void
}): ReactNode {
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const [span, setSpan] = useState<string>('2h')
  const opening = useMutation({
    mutationFn: () =>
      postJson<GateOverrideBody>(pathOf(tenantId), { reason: reason.trim(), for: span }),
    onSuccess: async () => {
      await askAgain(client, tenantId)
      onDone()
    },
  })
  return (
    <FormDialog
      title={`Open the deploy gate of ${name} for a while`}
      note="Pipelines may deploy until then. Who opened it and why stands in the audit log."
      submit="Open the gate"
      cancel="Leave it closed"
      isReady={reason.trim() !== ''}
      isPending={opening.isPending}
      error={opening.error}
      onSubmit={() => opening.mutate()}
      onClose={onDone}
    >
      <Field label="Why">
        <input
          data-autofocus
          maxLength={500}
          placeholder="such as: the fix for the timeouts"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </Field>
      <Field label="For">
        <select value={span} onChange={(event) => setSpan(event.currentTarget.value)}>
          {SPANS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </Field>
    </FormDialog>
  )
}

/** Takes an override back: the gate is closed again. */
export function RevokeOverride({ override }: { override: GateOverrideBody }): ReactNode {
  const { tenantId, overrideId } = override
  const client = useQueryClient()
  const revoking = useMutation({
    mutationFn: () => remove(`${pathOf(tenantId)}/${encodeURIComponent(overrideId)}`),
    onSuccess: () => askAgain(client, tenantId),
  })
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        loading={revoking.isPending}
        onClick={() => revoking.mutate()}
      >
        Close it again
      </Button>
      {revoking.error !== null && <Fault error={revoking.error} />}
    </>
  )
}

function pathOf(tenantId: string): string {
  return `/api/v1/tenants/${encodeURIComponent(tenantId)}/deploy-gate/overrides`
}

function askAgain(client: QueryClient, tenantId: string): Promise<void> {
  return client.invalidateQueries({ queryKey: tenantGateQuery(tenantId).queryKey })
}
