import type { ErrorRows } from '../../core/errors.ts'

export const STORAGE_ERRORS = {
  databaseOpen: {
    code: 'DATABASE_OPEN',
    status: 500,
    retryable: false,
    hint: 'Check that the data directory exists, is writable and is on a local disk; restore the file from a backup where it is damaged.',
  },
  databaseWrite: {
    code: 'DATABASE_WRITE',
    status: 503,
    retryable: true,
    hint: 'Check free space and the health of the disk, then ask again. Nothing was changed.',
  },
  schemaNewer: {
    code: 'SCHEMA_NEWER',
    status: 500,
    retryable: false,
    hint: 'The file was written by a newer Tenantry. Run that version, or restore a backup made by this one.',
  },
  schemaChanged: {
    code: 'SCHEMA_CHANGED',
    status: 500,
    retryable: false,
    hint: 'A migration that was applied is not the one of this version. Install an unmodified release.',
  },
  bulkWrite: {
    code: 'BULK_WRITE',
    status: 503,
    retryable: true,
    hint: 'Check free space and the health of the disk. Nothing is lost: the write-ahead log keeps what the file lacks.',
  },
  logOpen: {
    code: 'LOG_OPEN',
    status: 500,
    retryable: false,
    hint: 'Check that the data directory is writable, on a local disk, and has space left.',
  },
  logWrite: {
    code: 'LOG_WRITE',
    status: 503,
    retryable: true,
    hint: 'Check free space and the health of the disk. The sender repeats what was not accepted.',
  },
  logSync: {
    code: 'LOG_SYNC',
    status: 503,
    retryable: true,
    hint: 'Check the health of the disk. What was accepted survives a crash of the process, but maybe not a power cut.',
  },
  logRecordTooLarge: {
    code: 'LOG_RECORD_TOO_LARGE',
    status: 413,
    retryable: false,
    hint: 'Send smaller requests.',
  },
  logDamaged: {
    code: 'LOG_DAMAGED',
    status: 500,
    retryable: false,
    hint: 'Restore the data directory from a backup. Moving the named segment and all later ones away gives up what they hold since the last checkpoint.',
  },
} as const satisfies ErrorRows
