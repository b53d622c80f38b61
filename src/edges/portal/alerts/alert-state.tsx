import type { ReactNode } from 'react'
import type { AlertBody } from '../api/bodies.ts'
import { Mark } from '../ui/state-mark.tsx'

/** Whether an alert fires, and how urgent it is. */
export function AlertState({ alert }: { alert: Pick<AlertBody, 'state' | 'action'> }): ReactNode {
  if (alert.state === 'resolved')
    return (
      <Mark tone="good" icon="check">
        Resolved
      </Mark>
    )
  return (
    <Mark tone={alert.action === 'page' ? 'bad' : 'warning'} icon="bell">
      Firing
    </Mark>
  )
}
