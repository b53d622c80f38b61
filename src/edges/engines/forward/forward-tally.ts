/** What became of samples, as the worker counts it between two reports. */
import type { LeftReason } from '../../../domain/metrics/metrics.ts'

/**
 * What became of a sample that was accepted for a tenant of the target. `uncertain`: the engine
 * refused some of a request and did not say how many, or what was sent again after a start.
 * `unforwardable`: it cannot be said in remote write.
 */
export const FORWARD_OUTCOMES = [
  'sent',
  'uncertain',
  'refused',
  'dropped',
  'unforwardable',
] as const
export type ForwardOutcome = (typeof FORWARD_OUTCOMES)[number]

/** Why accepted samples were dropped. */
export type DropReason = 'lag' | 'held'

/** Classes of answers; `none` is no answer. */
export const ANSWER_CODES = ['2xx', '3xx', '400', '429', '4xx', '5xx', 'none'] as const
export type AnswerCode = (typeof ANSWER_CODES)[number]

export interface ForwardCounts {
  /** Samples read that somebody had sent, whatever became of them. */
  readonly read: number
  readonly outcomes: Partial<Readonly<Record<ForwardOutcome, number>>>
  readonly left: Partial<Readonly<Record<LeftReason, number>>>
  readonly answers: Partial<Readonly<Record<AnswerCode, number>>>
  /** Samples that were sent again. */
  readonly retried: number
  readonly exemplars: number
  /** Of the log that was deleted before it was read. */
  readonly lostBytes: number
  readonly sentBytes: number
  /** Samples dropped, by tenant. */
  readonly dropped: Readonly<Record<string, number>>
}

type Counts = { -readonly [Field in keyof ForwardCounts]: ForwardCounts[Field] }

export class ForwardTally {
  #counts = none()

  add(field: 'read' | 'retried' | 'exemplars' | 'lostBytes' | 'sentBytes', amount: number): void {
    this.#counts[field] += amount
  }

  outcome(outcome: ForwardOutcome, samples: number): void {
    const { outcomes } = this.#counts
    this.#counts.outcomes = { ...outcomes, [outcome]: (outcomes[outcome] ?? 0) + samples }
  }

  left(reason: LeftReason, samples: number): void {
    const left = this.#counts.left as Record<LeftReason, number>
    left[reason] = (left[reason] ?? 0) + samples
  }

  answer(status: number): void {
    const code = codeOf(status)
    const { answers } = this.#counts
    this.#counts.answers = { ...answers, [code]: (answers[code] ?? 0) + 1 }
  }

  drop(tenantId: string, samples: number): void {
    this.outcome('dropped', samples)
    const dropped = this.#counts.dropped as Record<string, number>
    dropped[tenantId] = (dropped[tenantId] ?? 0) + samples
  }

  /** Takes what was counted since the last call. */
  take(): ForwardCounts {
    const taken = this.#counts
    this.#counts = none()
    return taken
  }
}

function none(): Counts {
  return {
    read: 0,
    outcomes: {},
    left: {},
    answers: {},
    retried: 0,
    exemplars: 0,
    lostBytes: 0,
    sentBytes: 0,
    dropped: {},
  }
}

function codeOf(status: number): AnswerCode {
  if (status === 0) return 'none'
  if (status === 400 || status === 429) return `${status}`
  return `${Math.floor(status / 100)}xx` as AnswerCode
}
