import type { ErrorRows } from '../../core/errors.ts'

export const INGEST_ERRORS = {
  recordUnreadable: {
    code: 'LOG_RECORD_UNREADABLE',
    status: 500,
    retryable: false,
    hint: 'Another version of Tenantry wrote it: start that one, stop it, then start this one.',
  },
} as const satisfies ErrorRows
