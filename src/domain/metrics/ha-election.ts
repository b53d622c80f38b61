/**
 * Takes what replicas sent that are not elected out of a staged write, before it is counted. Done
 * once a request, and not at all where nobody named a replica.
 */
import type { HaClusters, HaFailover, HaVerdict } from './ha-clusters.ts'
import { NO_SENDER, type HaSender } from './ha-senders.ts'
import { MAX_MESSAGES, PART, type Entries } from './entries.ts'
import type { Tally } from './tally.ts'
import type { TenantLedger } from './tenant-ledger.ts'

interface Judged {
  readonly sender: HaSender
  readonly verdict: HaVerdict
  received: number
  notElected: number
  newestMs: number
}

const COUNTS: HaVerdict = { afterMs: -Infinity, failover: null }
const COUNTS_NOT: HaVerdict = { afterMs: Infinity, failover: null }

/** Where what does not count is counted: for all together, and by tenant. */
interface Books {
  readonly tally: Tally
  readonly ledger: TenantLedger
}

/** Elects, and leaves only the entries that count. Returns the failovers. */
export function electSenders(
  staged: Entries,
  clusters: HaClusters,
  receivedAtMs: number,
  books: Books,
): HaFailover[] {
  const { list, rules, stretches } = staged.senders
  if (stretches.length === 0) {
    refuse(list[NO_SENDER]!, books)
    return []
  }
  const { failoverSeconds } = rules
  const judged = list.map((sender): Judged => {
    const verdict = verdictOn(clusters, sender, receivedAtMs, failoverSeconds)
    return { sender, verdict, received: 0, notElected: 0, newestMs: 0 }
  })
  keepElected(staged, judged, books)
  for (const each of judged) {
    settle(each, clusters, books)
    tellRefusal(staged.messages, each.sender)
  }
  return judged.flatMap(({ verdict }) => verdict.failover ?? [])
}

function verdictOn(
  clusters: HaClusters,
  { cluster, replica, refusal }: HaSender,
  receivedAtMs: number,
  failoverSeconds: number,
): HaVerdict {
  if (refusal !== undefined) return COUNTS_NOT
  if (cluster < 0) return COUNTS
  return clusters.judge(cluster, replica, receivedAtMs, failoverSeconds)
}

/** A part goes with its sample. */
function keepElected(staged: Entries, judged: readonly Judged[], { ledger }: Books): void {
  const { flags, slots, timesMs, senders, count } = staged
  const { stretches } = senders
  let kept = stretches[0]!.fromEntry
  for (const [place, { fromEntry, sender }] of stretches.entries()) {
    const one = judged[sender]!
    const { afterMs } = one.verdict
    const { refusal } = one.sender
    const to = stretches[place + 1]?.fromEntry ?? count
    let counts = true
    for (let entry = fromEntry; entry < to; entry += 1) {
      if (flags[entry] !== PART) {
        const atMs = timesMs[entry]!
        counts = atMs > afterMs
        one.received += 1
        if (!counts) {
          one.notElected += 1
          if (refusal === undefined) ledger.lose(slots[entry]!, 'not-elected')
          else ledger.discard(slots[entry]!, refusal.reason)
        } else if (atMs > one.newestMs) one.newestMs = atMs
      }
      if (!counts) continue
      if (kept !== entry) staged.move(entry, kept)
      kept += 1
    }
  }
  staged.count = kept
}

/** What was refused of a replica that is not elected is left to the other one like the rest. */
function settle(
  { sender, verdict, received, notElected, newestMs }: Judged,
  clusters: HaClusters,
  books: Books,
): void {
  const { tally, ledger } = books
  const { cluster, replica, refusal, refused } = sender
  const isOut = refusal === undefined && verdict.afterMs === Infinity
  const refusedSamples = sumOf(refused)
  const left = notElected + (isOut ? refusedSamples : 0)
  if (isOut) for (const [code, samples] of refused) ledger.leave(code, samples)
  else refuse(sender, books)
  if (refusal !== undefined) tally.discard(refusal.reason, notElected)
  else tally.notElected += left
  if (cluster < 0) return
  clusters.note(cluster, replica, {
    received: received + refusedSamples,
    notElected: left,
    newestMs,
  })
}

/** Counts what found no series, and what quotas refused. */
function refuse(sender: HaSender, { tally, ledger }: Books): void {
  tally.refuse(sender)
  for (const [code, samples] of sender.refused) ledger.refuse(code, samples)
}

function sumOf(refused: ReadonlyMap<unknown, number>): number {
  return [...refused.values()].reduce((sum, samples) => sum + samples, 0)
}

function tellRefusal(messages: string[], { refusal }: HaSender): void {
  if (refusal === undefined || messages.length >= MAX_MESSAGES) return
  messages.push(`${refusal.text} (${refusal.reason})`)
}
