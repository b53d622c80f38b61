import type { ErrorRows } from '../../core/errors.ts'

export const RUNTIME_ERRORS = {
  settingUnknown: {
    code: 'SETTING_UNKNOWN',
    status: 400,
    retryable: false,
    hint: 'Correct the name or remove the variable: one that is misspelt would do nothing.',
  },
  settingInvalid: {
    code: 'SETTING_INVALID',
    status: 400,
    retryable: false,
    hint: 'Correct the value, or leave it out for the default.',
  },
  dataLocked: {
    code: 'DATA_LOCKED',
    status: 409,
    retryable: true,
    hint: 'Stop the other process, or name another directory with --data. A directory has one owner at a time.',
  },
  dataDirectory: {
    code: 'DATA_DIRECTORY',
    status: 500,
    retryable: false,
    hint: 'Name a directory on a local disk that this user may write to, with --data or TENANTRY_DATA.',
  },
  outboundUrl: {
    code: 'OUTBOUND_URL',
    status: 400,
    retryable: false,
    hint: 'Give an absolute http or https address.',
  },
  outboundRefused: {
    code: 'OUTBOUND_ADDRESS_REFUSED',
    status: 403,
    retryable: false,
    hint: 'An address given by a tenant must be public. Private ones may only be named in the configuration file of the operator.',
  },
  outboundTimeout: {
    code: 'OUTBOUND_TIMEOUT',
    status: 504,
    retryable: true,
    hint: 'The receiver was too slow; it is asked again later.',
  },
  outboundUnreachable: {
    code: 'OUTBOUND_UNREACHABLE',
    status: 502,
    retryable: true,
    hint: 'Check the name, the port and the way there; it is asked again later.',
  },
  outboundTooLarge: {
    code: 'OUTBOUND_TOO_LARGE',
    status: 502,
    retryable: true,
    hint: 'Raise the size limit of what is fetched, or make the page smaller.',
  },
} as const satisfies ErrorRows
