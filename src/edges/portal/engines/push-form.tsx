import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { EnginePlanBody, EnginePushBody } from '../../http/api/engines.schema.ts'
import { postJson } from '../api/client.ts'
import { Field, FormDialog } from '../ui/form-dialog.tsx'
import { planTold } from './engine-words.ts'

/** Pushes what the plan says, and nothing else: a plan that has changed meanwhile is refused. */
export function PushForm({
  engine,
  plan,
  onDone,
}: {
  engine: string
  plan: EnginePlanBody
  onDone: () => void
}): ReactNode {
  return (
    <NamedDeed
      engine={engine}
      title={`Push the rules to ${engine}`}
      note={`${planTold(plan).text}. What they had is kept, and can be put back.`}
      submit="Push the rules"
      path="push"
      body={{ hash: plan.hash }}
      onDone={onDone}
    />
  )
}

/** Puts back what tenants had before a push. */
export function RollbackForm({
  engine,
  push,
  onDone,
}: {
  engine: string
  push: EnginePushBody
  onDone: () => void
}): ReactNode {
  return (
    <NamedDeed
      engine={engine}
      title={`Take back a push to ${engine}`}
      note="Each tenant gets back the rules that it had before that push."
      submit="Take it back"
      path="rollback"
      body={{ pushId: push.pushId }}
      onDone={onDone}
    />
  )
}

/** Asks for the engine's name before it does something to it. */
function NamedDeed({
  engine,
  title,
  note,
  submit,
  path,
  body,
  onDone,
}: {
  engine: string
  title: string
  note: string
  submit: string
  path: 'push' | 'rollback'
  body: object
  onDone: () => void
}): ReactNode {
  const [typed, setTyped] = useState('')
  const client = useQueryClient()
  const doing = useMutation({
    mutationFn: () =>
      postJson<EnginePushBody>(`/api/v1/engines/${encodeURIComponent(engine)}/${path}`, body),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['engines', 'pushes', engine] })
      onDone()
    },
  })
  return (
    <FormDialog
      title={title}
      note={note}
      submit={submit}
      cancel="Leave it as it is"
      isReady={typed.trim() === engine}
      isPending={doing.isPending}
      error={doing.error}
      onSubmit={() => doing.mutate()}
      onClose={onDone}
    >
      <Field label={`Type ${engine} to go on`}>
        <input
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </Field>
    </FormDialog>
  )
}
