import { describe, expect, it } from 'vitest'
import { REFUSALS } from '../../../src/edges/ingest/refusal.ts'
import { DISCARD_REASONS, UNATTRIBUTED_REASONS } from '../../../src/domain/metrics/reasons.ts'
import {
  collectorTotals,
  collectorView,
  type CollectorFacts,
} from '../../../src/edges/http/collector-view.ts'
import { RateWindow } from '../../../src/edges/http/rate-window.ts'
import { REASON_MEANINGS } from '../../../src/edges/http/reason-meanings.ts'
import { STILL_COLLECTOR } from './harness.ts'

const NOW = 1_700_000_000_000
const RECEIVED = { received: 60_000, attributed: 60_000 }

const facts = (rest: Partial<CollectorFacts> = {}): CollectorFacts => ({
  ...STILL_COLLECTOR,
  accounts: RECEIVED,
  checkpoint: { writtenAtMs: NOW, tailBytes: 0, failures: 0, failuresInARow: 0 },
  ...rest,
})

/** Views facts that all came within the last minute. */
function view(rest: Partial<CollectorFacts> = {}) {
  const window = new RateWindow()
  window.note(NOW - 60_000, {})
  const now = facts(rest)
  window.note(NOW, collectorTotals(now))
  return collectorView(now, window, NOW)
}

const refused = (reason: string, sum = 1): Partial<CollectorFacts> => ({
  refused: [{ labels: { reason }, sum }],
})

describe('the collector in words', () => {
  it('says that all is well', () => {
    expect(view()).toMatchObject({
      tone: 'good',
      sentence: 'All is well: 1,000 samples a second are kept and counted',
      findings: [],
    })
  })

  it('says that nothing has come yet', () => {
    expect(view({ accounts: {} })).toMatchObject({
      tone: 'quiet',
      sentence: 'Nothing has come in yet',
    })
  })

  it.each<[string, Partial<CollectorFacts>, 'warning' | 'bad']>([
    ['The log cannot be written: 2 writes refused within a minute', refused('log-write', 2), 'bad'],
    [
      'The disk is nearly full',
      { log: { ...STILL_COLLECTOR.log, diskFreeBytes: 1_000, diskSizeBytes: 1e12 } },
      'bad',
    ],
    [
      'The log was not written through to the disk for a while',
      { log: { ...STILL_COLLECTOR.log, syncedAtMs: NOW - 16_000 } },
      'bad',
    ],
    [
      'What was received does not add up',
      { accounts: { received: 60_000, attributed: 59_999 } },
      'bad',
    ],
    [
      'More comes in than can be taken: 1 write put off within a minute',
      refused('overload'),
      'bad',
    ],
    ['A defect refused 1 write within a minute', refused('internal'), 'bad'],
    [
      'The disk is full: writes are refused until there is room',
      { log: { ...STILL_COLLECTOR.log, isShortOfRoom: true } },
      'bad',
    ],
    [
      'No checkpoint can be written: 2 attempts failed since the last one',
      { checkpoint: { writtenAtMs: NOW - 5_000, tailBytes: 1, failures: 5, failuresInARow: 2 } },
      'bad',
    ],
    [
      'No checkpoint was written for a while',
      { checkpoint: { writtenAtMs: NOW - 300_000, tailBytes: 1, failures: 5, failuresInARow: 0 } },
      'warning',
    ],
    ['1 of 3 targets is down', { targets: { up: 2, down: 1, unknown: 0, problems: 0 } }, 'warning'],
    ['The one target is down', { targets: { up: 0, down: 1, unknown: 0, problems: 0 } }, 'warning'],
    [
      'Not everything is scraped as configured',
      { targets: { up: 1, down: 0, unknown: 0, problems: 2 } },
      'warning',
    ],
    ['3 writes without a right to send within a minute', refused('forbidden', 3), 'warning'],
    ['1 write refused within a minute because of what was sent', refused('malformed'), 'warning'],
    [
      '1.0 % of what comes in is discarded',
      { accounts: { received: 100, attributed: 99, discarded: 1, 'discarded: too-old': 1 } },
      'warning',
    ],
    [
      '20 % of what comes in belongs to no tenant',
      { accounts: { received: 10, attributed: 8, unattributed: 2 } },
      'warning',
    ],
    [
      'The event loop is 120 ms late',
      { eventLoop: { p50Seconds: 0, p99Seconds: 0.12, p999Seconds: 0.2, maxSeconds: 0.3 } },
      'warning',
    ],
  ])('says: %s', (text, rest, tone) => {
    const { findings, sentence } = view(rest)
    expect(findings).toMatchObject([{ tone, text }])
    expect(findings[0]?.action).not.toBe('')
    expect(sentence).toBe(text)
  })

  it('says that nothing comes any more', () => {
    const window = new RateWindow()
    window.note(NOW - 60_000, collectorTotals(facts()))
    window.note(NOW, collectorTotals(facts()))
    expect(collectorView(facts(), window, NOW).sentence).toBe('Nothing has come in for a minute')
  })

  it('puts what is grave first and counts the rest', () => {
    const { findings, sentence, tone } = view({
      ...refused('overload'),
      targets: { up: 0, down: 2, unknown: 0, problems: 0 },
    })
    expect(findings.map((each) => each.tone)).toEqual(['bad', 'warning'])
    expect(sentence).toMatch(/^More comes in .*; and 1 more$/)
    expect(tone).toBe('bad')
  })

  it('is quiet about what was refused earlier', () => {
    const window = new RateWindow()
    const later = facts({ ...refused('malformed', 7), accounts: { received: 9, attributed: 9 } })
    window.note(NOW - 60_000, { ...collectorTotals(later), 'account received': 0 })
    window.note(NOW, collectorTotals(later))
    const shown = collectorView(later, window, NOW)
    expect(shown.findings).toEqual([])
    expect(shown.refused).toMatchObject([{ reason: 'malformed', requests: 7, lastMinute: 0 }])
  })
})

describe('the collector in figures', () => {
  it('tells what came in and what became of it, and that it adds up', () => {
    const { intake, accounts } = view({
      accounts: {
        received: 120,
        attributed: 60,
        unattributed: 30,
        duplicate: 20,
        discarded: 10,
        'unattributed: no-tenant-label': 30,
        'unattributed: unknown-tenant': 0,
        'discarded: too-old': 10,
      },
      samples: [
        { labels: { protocol: 'scrape', outcome: 'attributed' }, sum: 30 },
        { labels: { protocol: 'otlp', outcome: 'attributed' }, sum: 60 },
        { labels: { protocol: 'otlp', outcome: 'duplicate' }, sum: 30 },
      ],
    })
    expect(intake).toEqual({
      spanSeconds: 60,
      samplesPerSecond: 2,
      protocols: [
        { protocol: 'otlp', samplesPerSecond: 1.5, samples: 90 },
        { protocol: 'scrape', samplesPerSecond: 0.5, samples: 30 },
      ],
    })
    expect(accounts.missing).toBe(0)
    expect(accounts.outcomes.map(({ outcome, samples }) => [outcome, samples])).toEqual([
      ['attributed', 60],
      ['unattributed', 30],
      ['duplicate', 20],
      ['not-elected', 0],
      ['discarded', 10],
    ])
    expect(accounts.reasons.map(({ reason, samples }) => [reason, samples])).toEqual([
      ['no-tenant-label', 30],
      ['too-old', 10],
    ])
  })

  it('counts among the refused requests no reason of samples', () => {
    const shown = view({
      accounts: { ...RECEIVED, 'discarded: too-old': 0 },
      refused: [
        { labels: { reason: 'too-old' }, sum: 5 },
        { labels: { reason: 'encoding' }, sum: 2 },
      ],
    })
    expect(shown.refused.map(({ reason }) => reason)).toEqual(['encoding'])
  })

  it('knows what every reason means', () => {
    const reasons = [...DISCARD_REASONS, ...UNATTRIBUTED_REASONS, ...Object.keys(REFUSALS)]
    expect(reasons.filter((reason) => !(reason in REASON_MEANINGS))).toEqual([])
  })
})
