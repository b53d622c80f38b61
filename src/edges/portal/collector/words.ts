/** What outcomes and protocols are called. Pure. */
import type { CollectorBody } from '../../http/api/collector.schema.ts'

type Outcome = CollectorBody['accounts']['outcomes'][number]['outcome']

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  attributed: 'A tenant’s',
  unattributed: 'No tenant’s',
  duplicate: 'Duplicate',
  'not-elected': 'Not elected',
  discarded: 'Discarded',
}

const LIMIT_WORDS = {
  activeSeries: 'Active series',
  newSeriesPerMinute: 'New series a minute',
  samplesPerSecond: 'Samples a second',
} as const

export function limitWord(limit: keyof typeof LIMIT_WORDS): string {
  return LIMIT_WORDS[limit]
}

const PROTOCOL_WORDS: Readonly<Record<string, string>> = {
  otlp: 'OTLP',
  'remote-write': 'Remote write',
  scrape: 'Scrape',
}

export function protocolWord(protocol: string): string {
  return PROTOCOL_WORDS[protocol] ?? protocol
}
