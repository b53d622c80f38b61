import type { ErrorRows } from '../../core/errors.ts'

export const ROUTING_ERRORS = {
  CHANNEL_CONFIG: {
    code: 'CHANNEL_CONFIG',
    status: 400,
    retryable: false,
    hint: 'Correct the channel in the configuration and start again.',
  },
  DELIVERY_CURSOR: {
    code: 'DELIVERY_CURSOR',
    status: 400,
    retryable: false,
    hint: 'Pass the nextCursor of the page before unchanged, or none for the first page.',
  },
} as const satisfies ErrorRows
