import type { ErrorRows } from '../../core/errors.ts'

export const INCIDENT_ERRORS = {
  ALERT_CURSOR: {
    code: 'ALERT_CURSOR',
    status: 400,
    retryable: false,
    hint: 'Pass the nextCursor of the page before unchanged, or none for the first page.',
  },
} as const satisfies ErrorRows
