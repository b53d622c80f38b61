import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { BudgetReviewBody } from '../../http/api/slo-policy.schema.ts'
import { postJson } from '../api/client.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Fault } from '../ui/fault.tsx'
import { noteFault } from './budget-words.ts'
import { useNames } from './names.ts'
import forms from '../ui/form.module.css'

/** Closes a budget review with what came of it. It stays in the list and in the audit log. */
export function CloseReview({
  review,
  onDone,
}: {
  review: BudgetReviewBody
  onDone: () => void
}): ReactNode {
  const [note, setNote] = useState('')
  const client = useQueryClient()
  const names = useNames()
  const closing = useMutation({
    mutationFn: (text: string) =>
      postJson<BudgetReviewBody>(
        `/api/v1/slo/reviews/${encodeURIComponent(review.reviewId)}/close`,
        { note: text },
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['budget-reviews'] })
      onDone()
    },
  })
  const fault = noteFault(note)
  return (
    <Dialog
      title={`Close the budget review of ${names.slo(review.sloId)}, ${names.tenant(review.tenantId)}`}
      titleShown
      widthPx={480}
      onClose={onDone}
    >
      <form
        className={forms.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (fault === null) closing.mutate(note.trim())
        }}
      >
        <label className={forms.field}>
          What came of it
          <textarea
            data-autofocus
            rows={4}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        </label>
        <p className={forms.note}>
          It stays in the list and in the audit log. Deploys stay frozen until the budget has
          recovered.
        </p>
        {closing.error !== null && <Fault error={closing.error} />}
        <div className={forms.actions}>
          <Button
            type="submit"
            size="compact-md"
            loading={closing.isPending}
            disabled={fault !== null}
          >
            Close the budget review
          </Button>
          <Button type="button" size="compact-md" variant="default" onClick={onDone}>
            Leave it open
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
