import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Dialog } from './dialog.tsx'
import { Fault } from './fault.tsx'
import styles from './form.module.css'

/** A dialog that asks for something before it does it. It says what it will do on its button, and
 *  why the server refused. */
export function FormDialog({
  title,
  note,
  submit,
  cancel,
  isReady,
  isPending,
  error,
  onSubmit,
  onClose,
  children,
}: {
  title: string
  /** What comes of it. */
  note: string
  submit: string
  cancel: string
  isReady: boolean
  isPending: boolean
  error: Error | null
  onSubmit: () => void
  onClose: () => void
  /** The fields. */
  children: ReactNode
}): ReactNode {
  return (
    <Dialog title={title} titleShown widthPx={480} onClose={onClose}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) onSubmit()
        }}
      >
        {children}
        <p className={styles.note}>{note}</p>
        {error !== null && <Fault error={error} />}
        <div className={styles.actions}>
          <Button type="submit" size="compact-md" loading={isPending} disabled={!isReady}>
            {submit}
          </Button>
          <Button type="button" size="compact-md" variant="default" onClick={onClose}>
            {cancel}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** A field with what it is called above it. */
export function Field({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <label className={styles.field}>
      {label}
      {children}
    </label>
  )
}
