/**
 * What is wrong with the collector, and what to do about it: one row a check, each judged by the
 * figures that the page shows. Pure.
 */
import { GIB } from '../../core/units.ts'
import type { CollectorBody, FindingBody } from './api/collector.schema.ts'

export type Judged = Omit<CollectorBody, 'tone' | 'sentence' | 'findings'>

type Check = (shown: Judged) => FindingBody | undefined

/** The log is synced each second; this late something holds it up. */
const SYNC_LATE_MS = 15_000
/** A checkpoint is due each minute while something comes in. */
const CHECKPOINT_LATE_MS = 5 * 60_000
const DISK_LOW_RATIO = 0.05
const DISK_LOW_BYTES = GIB
/** Shares of what came in within the last minute that are worth a word. */
const UNATTRIBUTED_NOTABLE = 0.01
const DISCARDED_NOTABLE = 0.001
/** The budget is 20 ms at p99; this is what somebody notices. */
const LOOP_SLOW_SECONDS = 0.1

/** Lists what is wrong, the gravest first. */
export function findingsOf(shown: Judged): FindingBody[] {
  const found = CHECKS.map((check) => check(shown)).filter((finding) => finding !== undefined)
  return found.toSorted((left, right) => rank(left) - rank(right))
}

function rank({ tone }: FindingBody): number {
  return tone === 'bad' ? 0 : 1
}

const CHECKS: readonly Check[] = [
  ({ log }) => {
    if (!log.isShortOfRoom) return undefined
    return bad(
      'The disk is full: writes are refused until there is room',
      'Free space on the disk of the data directory. What is left is kept for checkpoints; senders repeat what was refused, and nothing acknowledged is lost.',
    )
  },
  ({ checkpoint: { failuresInARow: failures } }) => {
    if (failures === 0) return undefined
    return bad(
      `No checkpoint can be written: ${many(failures, 'attempt')} failed since the last one`,
      'Look at the space and the health of the disk; the log of the server says why. Nothing is lost: the write-ahead log keeps what a checkpoint would hold, and it is tried again.',
    )
  },
  ({ refused }) => {
    const requests = lately(refused, 'log-write')
    if (requests === 0) return undefined
    return bad(
      `The log cannot be written: ${many(requests, 'write')} refused within a minute`,
      'Look at the space and the health of the disk. Senders repeat what was refused; nothing acknowledged is lost.',
    )
  },
  ({ log }) => {
    const { diskFreeBytes: free, diskSizeBytes: size } = log
    if (free === null || size === null) return undefined
    if (free >= Math.min(DISK_LOW_BYTES, size * DISK_LOW_RATIO)) return undefined
    return bad(
      'The disk is nearly full',
      'Free space on the disk of the data directory, or move it to a larger one.',
    )
  },
  ({ log, asOfMs }) => {
    if (log.syncedAtMs === null || asOfMs - log.syncedAtMs < SYNC_LATE_MS) return undefined
    return bad(
      'The log was not written through to the disk for a while',
      'A power cut now would lose what came since. Look at the health of the disk.',
    )
  },
  ({ accounts }) => {
    if (accounts.missing === 0) return undefined
    return bad(
      'What was received does not add up',
      'This is a defect of Tenantry: report it with the figures of this page.',
    )
  },
  ({ refused }) => {
    const requests = lately(refused, 'overload')
    if (requests === 0) return undefined
    return bad(
      `More comes in than can be taken: ${many(requests, 'write')} put off within a minute`,
      'Senders repeat what was put off. Give the process more CPU, or send less.',
    )
  },
  ({ refused }) => {
    const requests = lately(refused, 'internal')
    if (requests === 0) return undefined
    return bad(
      `A defect refused ${many(requests, 'write')} within a minute`,
      'The log of the server has the error: report it.',
    )
  },
  ({ checkpoint, asOfMs }) => {
    const isLate = asOfMs - checkpoint.writtenAtMs >= CHECKPOINT_LATE_MS
    if (checkpoint.tailBytes === 0 || !isLate) return undefined
    return warning(
      'No checkpoint was written for a while',
      'A restart would replay a longer log. The log of the server says why checkpoints fail.',
    )
  },
  ({ targets }) => {
    const { up, down, unknown } = targets
    if (down === 0) return undefined
    const all = up + down + unknown
    const are = down === 1 ? 'is' : 'are'
    return warning(
      all === 1 ? 'The one target is down' : `${down} of ${all} targets ${are} down`,
      'The list of targets says why of each.',
    )
  },
  ({ targets }) => {
    if (targets.problems === 0) return undefined
    return warning(
      'Not everything is scraped as configured',
      'The page of the targets says what: a file or list that cannot be read, or targets left out.',
    )
  },
  ({ refused }) => {
    const requests = lately(refused, 'unauthenticated') + lately(refused, 'forbidden')
    if (requests === 0) return undefined
    return warning(
      `${many(requests, 'write')} without a right to send within a minute`,
      'Give the sender a key: tenantry key create --role collector.',
    )
  },
  ({ refused }) => {
    const reasons = ['media-type', 'encoding', 'tenant-header', 'malformed', 'too-large']
    const requests = reasons.reduce((sum, reason) => sum + lately(refused, reason), 0)
    if (requests === 0) return undefined
    return warning(
      `${many(requests, 'write')} refused within a minute because of what was sent`,
      'The answer to the sender says what is wrong with it; the reasons stand below.',
    )
  },
  ({ accounts, intake }) => {
    const share = shareOf(accounts, intake, 'discarded')
    if (share < DISCARDED_NOTABLE) return undefined
    return warning(
      `${percent(share)} of what comes in is discarded`,
      'The reasons stand below, with what the sender can do.',
    )
  },
  ({ accounts, intake }) => {
    const share = shareOf(accounts, intake, 'unattributed')
    if (share < UNATTRIBUTED_NOTABLE) return undefined
    return warning(
      `${percent(share)} of what comes in belongs to no tenant`,
      'Send a tenant label, bind the key to a tenant, or add the name to a tenant’s aliases.',
    )
  },
  ({ accounts, intake }) => {
    if (accounts.received === 0 || intake.spanSeconds < 60 || intake.samplesPerSecond > 0) {
      return undefined
    }
    return warning(
      'Nothing has come in for a minute',
      'Look at the senders: their own logs say whether they reach this server.',
    )
  },
  ({ eventLoop }) => {
    if (eventLoop.p99Seconds < LOOP_SLOW_SECONDS) return undefined
    return warning(
      `The event loop is ${Math.round(eventLoop.p99Seconds * 1_000)} ms late`,
      'Answers are slow. Give the process more CPU, or see what else runs on the machine.',
    )
  },
]

function bad(text: string, action: string): FindingBody {
  return { tone: 'bad', text, action }
}

function warning(text: string, action: string): FindingBody {
  return { tone: 'warning', text, action }
}

function lately(refused: CollectorBody['refused'], reason: string): number {
  return refused.find((row) => row.reason === reason)?.lastMinute ?? 0
}

function shareOf(
  { outcomes }: CollectorBody['accounts'],
  { samplesPerSecond }: CollectorBody['intake'],
  outcome: 'discarded' | 'unattributed',
): number {
  if (samplesPerSecond === 0) return 0
  const row = outcomes.find((each) => each.outcome === outcome)
  return (row?.samplesPerSecond ?? 0) / samplesPerSecond
}

function many(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : `${noun}s`}`
}

function percent(share: number): string {
  const digits = share < 0.1 ? 1 : 0
  return `${(share * 100).toFixed(digits)} %`
}
