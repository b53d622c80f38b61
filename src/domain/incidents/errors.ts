import type { ErrorRows } from '../../core/errors.ts'

export const INCIDENT_ERRORS = {
  ALERT_CURSOR: {
    code: 'ALERT_CURSOR',
    status: 400,
    retryable: false,
    hint: 'Pass the nextCursor of the page before unchanged, or none for the first page.',
  },
  IMPACT_CURSOR: {
    code: 'IMPACT_CURSOR',
    status: 400,
    retryable: false,
    hint: 'Pass the nextCursor of the page before unchanged, or none for the first page.',
  },
  IMPACT_DATES: {
    code: 'IMPACT_DATES',
    status: 409,
    retryable: false,
    hint: 'Redate an impact that has ended, to an end after its begin and not after now.',
  },
  IMPACT_NOT_FOUND: {
    code: 'IMPACT_NOT_FOUND',
    status: 404,
    retryable: false,
    hint: 'List the impacts with `tenantry impacts list`; they are kept for 401 days after their end.',
  },
} as const satisfies ErrorRows
