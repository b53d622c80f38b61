/**
 * What a tenant's signals took by day: samples and bytes received by signal, and bytes that are
 * stored for the day in all resolutions. For attributing cost. Pure apart from what it is given to
 * read.
 */
import { bucketEndMs, DAY_MS, type TimeRange } from '../../core/time.ts'
import type { ReceivedBySignal, ReceivedDay } from './received.ts'

export interface SignalUsageDay {
  /** Midnight of UTC. */
  readonly dayEndMs: number
  readonly signals: ReceivedBySignal
  readonly receivedSamples: number
  readonly receivedBytes: number
  /** Of minutes, hours and the day, as they lie packed on disk; what is in memory is not in it. */
  readonly storedBytes: number
}

export interface UsageParts {
  readonly readReceived: (range: TimeRange) => readonly ReceivedDay[]
  /** The day that goes on. */
  readonly today: ReceivedDay | null
  readonly readBytes: (range: TimeRange) => readonly { endMs: number; bytes: number }[]
}

/** Tells the days that end in (fromMs, toMs] and have something. Cost: a row an hour of the range.
 */
export function signalUsage(parts: UsageParts, range: TimeRange): SignalUsageDay[] {
  const { today } = parts
  const received = new Map(
    parts.readReceived(range).map(({ dayEndMs, signals }) => [dayEndMs, signals]),
  )
  if (today !== null && today.dayEndMs > range.fromMs && today.dayEndMs <= range.toMs) {
    received.set(today.dayEndMs, today.signals)
  }
  const stored = new Map<number, number>()
  for (const { endMs, bytes } of parts.readBytes(range)) {
    const dayEndMs = bucketEndMs(endMs, DAY_MS)
    stored.set(dayEndMs, (stored.get(dayEndMs) ?? 0) + bytes)
  }
  const days = [...new Set([...received.keys(), ...stored.keys()])].toSorted((a, b) => a - b)
  return days.map((dayEndMs) => {
    const signals = received.get(dayEndMs) ?? []
    return {
      dayEndMs,
      signals,
      receivedSamples: signals.reduce((sum, { samples }) => sum + samples, 0),
      receivedBytes: signals.reduce((sum, { bytes }) => sum + bytes, 0),
      storedBytes: stored.get(dayEndMs) ?? 0,
    }
  })
}
