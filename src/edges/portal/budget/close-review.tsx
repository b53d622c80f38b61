import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { BudgetReviewBody } from '../../http/api/slo-policy.schema.ts'
import { postJson } from '../api/client.ts'
import { Field, FormDialog } from '../ui/form-dialog.tsx'
import { noteFault } from './budget-words.ts'
import { useNames } from '../api/names.ts'

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
  return (
    <FormDialog
      title={`Close the budget review of ${names.slo(review.sloId)}, ${names.tenant(review.tenantId)}`}
      note="It stays in the list and in the audit log. Deploys stay frozen until the budget has recovered."
      submit="Close the budget review"
      cancel="Leave it open"
      isReady={noteFault(note) === null}
      isPending={closing.isPending}
      error={closing.error}
      onSubmit={() => closing.mutate(note.trim())}
      onClose={onDone}
    >
      <Field label="What came of it">
        <textarea
          data-autofocus
          rows={4}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      </Field>
    </FormDialog>
  )
}
