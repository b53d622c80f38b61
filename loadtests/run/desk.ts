/** The Tenantry that a load test tells: which one, how k6 sends it what it sees, and the record. */
import { readFileSync } from 'node:fs'
import { findServer, openClient, type ServerAddress } from '../../src/edges/cli/client.ts'
import type { Recorded } from './report.ts'

export type Desk = ServerAddress

/** Finds who is told. Null: nobody. Throws CLI_NO_SERVER. */
export function deskOf(values: {
  readonly tenantry?: string
  readonly 'key-file'?: string
  readonly data?: string
}): Desk | null {
  const { tenantry: url, data, 'key-file': keyFile } = values
  if (url === undefined && data === undefined) return null
  if (url === undefined) return findServer({ data: data ?? '' })
  const key =
    keyFile === undefined ? process.env['TENANTRY_KEY'] : readFileSync(keyFile, 'utf8').trim()
  return findServer({ url, data: '', ...(key === undefined ? {} : { key }) })
}

export interface K6Output {
  readonly options: readonly string[]
  readonly variables: Readonly<Record<string, string>>
}

export const NO_OUTPUT: K6Output = { options: [], variables: {} }

/**
 * Lets k6 write its series to a Tenantry. Each run is an instance of its own, so that its counters
 * begin anew; sent once a second, what was counted before the first sample lies within the warm-up.
 */
export function outputTo({ url, key }: Desk, runId: string): K6Output {
  return {
    options: [
      '--out',
      'experimental-prometheus-rw',
      '--tag',
      'job=k6',
      '--tag',
      `instance=${runId}`,
    ],
    variables: {
      K6_PROMETHEUS_RW_SERVER_URL: `${url}/api/v1/write`,
      K6_PROMETHEUS_RW_HTTP_HEADERS: `Authorization:Bearer ${key}`,
      K6_PROMETHEUS_RW_PUSH_INTERVAL: '1s',
      K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: 'true',
    },
  }
}

/** Hands the record over. Tells whether it was taken; if not, says why on stderr. */
export async function recordAt(desk: Desk, result: Recorded): Promise<boolean> {
  try {
    await openClient(desk).post('/api/v1/load-tests', result)
    return true
  } catch (error) {
    const { message } = error as Error
    process.stderr.write(
      `Tenantry did not take the record: ${message}\nIt is kept; once that is mended: tenantry load-tests import FILE\n`,
    )
    return false
  }
}
