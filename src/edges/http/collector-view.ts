/**
 * The collector in words and figures. Pure: facts in, what the page shows out.
 *
 * Reasons of refused samples and of refused requests share one counter; what the accounts know is
 * of samples, the rest of requests.
 */
import type { LabelSet } from '../../core/ports.ts'
import { SAMPLE_OUTCOMES, type CollectorBody } from './api/collector.schema.ts'
import { findingsOf } from './collector-findings.ts'
import { REASON_MEANINGS } from './reason-meanings.ts'
import type { RateWindow, Totals } from './rate-window.ts'

export interface CollectorFacts {
  /** What became of all samples since the beginning, by name, as the metrics stage keeps it. */
  readonly accounts: Readonly<Record<string, number>>
  readonly series: number
  /** Counters since the start. */
  readonly samples: readonly { readonly labels: LabelSet; readonly sum: number }[]
  readonly refused: readonly { readonly labels: LabelSet; readonly sum: number }[]
  readonly log: CollectorBody['log']
  readonly checkpoint: CollectorBody['checkpoint']
  readonly eventLoop: CollectorBody['eventLoop']
  /** By health. */
  readonly targets: CollectorBody['targets']
}

/** Names every total whose gain within a minute the page tells. */
export function collectorTotals({ accounts, samples, refused }: CollectorFacts): Totals {
  const totals: Record<string, number> = {}
  const add = (name: string, amount: number): void => {
    totals[name] = (totals[name] ?? 0) + amount
  }
  for (const [name, amount] of Object.entries(accounts)) add(`account ${name}`, amount)
  for (const { labels, sum } of samples) add(`samples ${labels['protocol'] ?? ''}`, sum)
  for (const { labels, sum } of refused) add(`refused ${labels['reason'] ?? ''}`, sum)
  return totals
}

/** Makes the page's answer from the facts and what they gained within the last minute. */
export function collectorView(
  facts: CollectorFacts,
  window: RateWindow,
  asOfMs: number,
): CollectorBody {
  const totals = collectorTotals(facts)
  const { log, checkpoint, eventLoop, targets, series } = facts
  const shown = {
    asOfMs,
    intake: intakeOf(totals, window),
    accounts: accountsOf(facts, window),
    refused: refusedOf(facts, totals, window),
    log,
    checkpoint,
    eventLoop,
    targets,
    series,
  }
  const findings = findingsOf(shown)
  return { ...shown, findings, ...verdictOf(shown, findings) }
}

function verdictOf(
  { accounts, intake }: Pick<CollectorBody, 'accounts' | 'intake'>,
  findings: CollectorBody['findings'],
): Pick<CollectorBody, 'tone' | 'sentence'> {
  const [worst, ...others] = findings
  if (worst !== undefined) {
    const more = others.length === 0 ? '' : `; and ${others.length} more`
    return { tone: worst.tone, sentence: `${worst.text}${more}` }
  }
  if (accounts.received === 0) return { tone: 'quiet', sentence: 'Nothing has come in yet' }
  const rate = Math.round(intake.samplesPerSecond).toLocaleString('en-US')
  return { tone: 'good', sentence: `All is well: ${rate} samples a second are kept and counted` }
}

function intakeOf(totals: Totals, window: RateWindow): CollectorBody['intake'] {
  const protocols = namesBehind(totals, 'samples ').map((protocol) => ({
    protocol,
    samplesPerSecond: window.perSecond(`samples ${protocol}`),
    samples: totals[`samples ${protocol}`]!,
  }))
  return {
    spanSeconds: window.spanSeconds(),
    samplesPerSecond: window.perSecond('account received'),
    protocols: protocols.toSorted((left, right) => right.samplesPerSecond - left.samplesPerSecond),
  }
}

function accountsOf({ accounts }: CollectorFacts, window: RateWindow): CollectorBody['accounts'] {
  const outcomes = SAMPLE_OUTCOMES.map((outcome) => ({
    outcome,
    samples: accounts[outcome] ?? 0,
    samplesPerSecond: window.perSecond(`account ${outcome}`),
  }))
  const received = accounts['received'] ?? 0
  const reasons = (['unattributed', 'discarded'] as const).flatMap((outcome) =>
    namesBehind(accounts, `${outcome}: `).map((reason) => ({
      outcome,
      reason,
      meaning: REASON_MEANINGS[reason] ?? '',
      samples: accounts[`${outcome}: ${reason}`]!,
      samplesPerSecond: window.perSecond(`account ${outcome}: ${reason}`),
    })),
  )
  return {
    received,
    outcomes,
    missing: outcomes.reduce((left, { samples }) => left - samples, received),
    reasons: reasons
      .filter(({ samples }) => samples > 0)
      .toSorted((left, right) => right.samples - left.samples),
  }
}

function refusedOf(
  { accounts }: CollectorFacts,
  totals: Totals,
  window: RateWindow,
): CollectorBody['refused'] {
  return namesBehind(totals, 'refused ')
    .filter((reason) => !(`discarded: ${reason}` in accounts))
    .map((reason) => ({
      reason,
      meaning: REASON_MEANINGS[reason] ?? '',
      requests: totals[`refused ${reason}`]!,
      lastMinute: window.gained(`refused ${reason}`),
    }))
    .toSorted((left, right) => right.requests - left.requests)
}

function namesBehind(totals: Totals, prefix: string): string[] {
  return Object.keys(totals)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
}
