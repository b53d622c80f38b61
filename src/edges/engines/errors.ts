import type { ErrorRows } from '../../core/errors.ts'

export const ENGINE_ERRORS = {
  config: {
    code: 'ENGINE_CONFIG',
    status: 400,
    retryable: false,
    hint: 'Correct the file; `tenantry validate -f DIR` checks it without starting.',
  },
  secret: {
    code: 'ENGINE_SECRET',
    status: 500,
    retryable: true,
    hint: 'Put the secret into the file that engines.yaml names, readable by the server; it is read at each request.',
  },
  accounts: {
    code: 'ENGINE_ACCOUNTS',
    status: 507,
    retryable: false,
    hint: 'Every account id that VictoriaMetrics has is given away.',
  },
} as const satisfies ErrorRows
