/**
 * Sends the customers' requests to the sample platform over HTTP. Bounded: a ceiling on the rate of
 * all tenants together, on requests under way and on connections; what is over a bound is left out
 * and counted.
 */
import { Agent, request } from 'node:http'
import { HEADERS } from '../../core/names/headers.ts'
import type { Cancel, Clock } from '../../core/ports.ts'
import { openPrng } from '../../core/prng.ts'
import { SECOND_MS } from '../../core/time.ts'
import type { FaultSchedule } from './faults.ts'
import { ROUTE } from './platform-signals.ts'
import { DEMO_PROFILES, type DemoProfile } from './profiles.ts'
import { serviceConditionOf } from './service-condition.ts'
import { PROMPT_BYTES } from './shape.ts'

export const TRAFFIC_LIMITS = {
  requestsPerSecond: 150,
  underWay: 200,
  connections: 64,
  timeoutMs: 10 * SECOND_MS,
} as const

const BEAT_MS = 50
const LONGEST_PROMPT = Buffer.alloc(2 * PROMPT_BYTES, 'let ')

export interface TrafficCounts {
  sent: number
  /** Answered, with any status. */
  answered: number
  /** No answer: the platform was not there, or took too long. */
  failed: number
  /** Not sent: a bound was reached or the platform did not listen. */
  skipped: number
}

export interface Traffic {
  start(): void
  stop(): void
  counts(): Readonly<TrafficCounts>
}

export interface TrafficDeps {
  readonly clock: Clock
  readonly faults: FaultSchedule
  readonly seed: number
  /** Where the platform listens on 127.0.0.1. */
  readonly port: () => number | null
}

export function openTraffic({ clock, faults, seed, port }: TrafficDeps): Traffic {
  const prng = openPrng(seed)
  const agent = new Agent({ keepAlive: true, maxSockets: TRAFFIC_LIMITS.connections })
  const counts: TrafficCounts = { sent: 0, answered: 0, failed: 0, skipped: 0 }
  let underWay = 0
  let cancel: Cancel = () => {}

  /** From half to one and a half times the mean. */
  const drawPrompt = (): Uint8Array =>
    LONGEST_PROMPT.subarray(0, Math.round(PROMPT_BYTES * (0.5 + prng.next())))

  const send = ({ tenantId }: DemoProfile): void => {
    const toPort = port()
    if (toPort === null || underWay >= TRAFFIC_LIMITS.underWay) {
      counts.skipped += 1
      return
    }
    counts.sent += 1
    underWay += 1
    complete({ agent, port: toPort, tenantId, prompt: drawPrompt() }, (answered) => {
      underWay -= 1
      counts[answered ? 'answered' : 'failed'] += 1
    })
  }

  const beat = (spanSeconds: number): void => {
    for (const [profile, rate] of boundedRates(faults, clock.nowMs())) {
      const requests = Math.floor(rate * spanSeconds + prng.next())
      for (let i = 0; i < requests; i += 1) send(profile)
    }
  }

  const schedule = (lastMs: number): void => {
    cancel = clock.after(BEAT_MS, () => {
      const nowMs = clock.monotonicMs()
      // After a machine's sleep nobody wants the missed hours at once.
      beat(Math.min(nowMs - lastMs, SECOND_MS) / SECOND_MS)
      schedule(nowMs)
    })
  }

  return {
    start: () => schedule(clock.monotonicMs()),
    stop: () => {
      cancel()
      agent.destroy()
    },
    counts: () => counts,
  }
}

/** Tells what each tenant sends a second, cut in proportion where all together are over the
 *  ceiling. */
export function boundedRates(
  faults: FaultSchedule,
  atMs: number,
): (readonly [DemoProfile, number])[] {
  const active = faults.at(atMs)
  const rates = DEMO_PROFILES.map(
    (profile) => [profile, serviceConditionOf(profile, active, atMs).requestsPerSecond] as const,
  )
  const total = rates.reduce((sum, [, rate]) => sum + rate, 0)
  const share = Math.min(1, TRAFFIC_LIMITS.requestsPerSecond / total)
  return rates.map(([profile, rate]) => [profile, rate * share] as const)
}

interface Target {
  readonly agent: Agent
  readonly port: number
  readonly tenantId: string
  readonly prompt: Uint8Array
}

function complete(
  { agent, port, tenantId, prompt }: Target,
  done: (answered: boolean) => void,
): void {
  const headers = { [HEADERS.demoTenant]: tenantId, 'content-length': prompt.length }
  const { timeoutMs: timeout } = TRAFFIC_LIMITS
  let answered = false
  const options = { agent, host: '127.0.0.1', port, method: 'POST', path: ROUTE, headers, timeout }
  const outgoing = request(options)
  outgoing
    .on('response', (response) => {
      answered = true
      response.resume()
    })
    .on('timeout', () => outgoing.destroy())
    .on('error', () => {})
    .on('close', () => done(answered))
    .end(prompt)
}
