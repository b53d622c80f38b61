import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { ArtefactTargetBody, RollOutBody } from '../../http/api/artefacts.schema.ts'
import { postJson } from '../api/client.ts'
import { Field, FormDialog } from '../ui/form-dialog.tsx'
import { ARTEFACT_TARGETS, artefactOptions, type ArtefactSearch } from './artefact-search.ts'

/** Keeps the files of a target as they are now, as what was rolled out. */
export function RollOutForm({
  target: { name },
  search,
  onDone,
}: {
  target: ArtefactTargetBody
  search: ArtefactSearch
  onDone: () => void
}): ReactNode {
  const [note, setNote] = useState('')
  const client = useQueryClient()
  const marking = useMutation({
    mutationFn: (text: string) =>
      postJson<RollOutBody>('/api/v1/artefacts/roll-outs', {
        target: name,
        note: text,
        options: Object.fromEntries(new URLSearchParams(artefactOptions(search))),
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['artefacts'] })
      onDone()
    },
  })
  return (
    <FormDialog
      title={`Mark ${ARTEFACT_TARGETS[name]} as rolled out`}
      note="The files are kept as they are now, and what changes from here on is told against them. It stays in the audit log."
      submit="Mark as rolled out"
      cancel="Not yet"
      isReady
      isPending={marking.isPending}
      error={marking.error}
      onSubmit={() => marking.mutate(note.trim())}
      onClose={onDone}
    >
      <Field label="Note (may be empty)">
        <input
          data-autofocus
          maxLength={500}
          value={note}
          placeholder="release 12"
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      </Field>
    </FormDialog>
  )
}
