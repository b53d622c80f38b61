/**
 * Which objectives should be tightened or loosened, by what two periods in a row show. Only where
 * both agree, and only where the events are enough for the proposed objective to mean anything.
 * Pure.
 *
 *   tighten: less than a tenth was spent twice; the proposed one would have left half, twice
 *   loosen:  more than the whole was spent twice; the proposed one would have been kept, twice
 *   silent:  nothing was counted twice, unless a source counts: no impact is what is hoped for
 *
 * Worked: 2 bad of 100,000 at 99.9 % (100 may fail) and 3 of 100,000 before: at 99.99 % 10 may
 * fail, 20 % and 30 % would have been spent, so 99.99 % is proposed.
 */
import type { AttainedCounts, SloAttainment } from '../../slo/slo.ts'
import type { ReviewAdvice } from './review.ts'

/** What is promised in practice. Ascending. Units: parts per million. */
const USUAL_PPM = [
  500_000, 800_000, 900_000, 950_000, 970_000, 980_000, 990_000, 995_000, 998_000, 999_000, 999_500,
  999_900, 999_950, 999_990, 999_995, 999_999,
]
/** What is promised anew is at most so many times harder to keep. */
const MOST_TIMES_HARDER = 10
const LITTLE_RATIO = 0.1
const HALF_RATIO = 0.5
/** A budget of fewer events is spent by chance. */
const LEAST_MAY_FAIL = 5

/** Tells what is advised for one SLO. Null: keep it, or too little is known. */
export function adviceFor(now: SloAttainment, before: SloAttainment | null): ReviewAdvice | null {
  if (before === null) return null
  const counts = [now.corrected, before.corrected]
  if (counts.every(({ total }) => total === 0)) {
    return now.kind === 'external' ? null : advice(now, before, 'silent', null)
  }
  if (counts.some(({ total }) => total === 0)) return null
  const spent = counts.map(({ spentRatio }) => spentRatio ?? 0)
  if (spent.every((ratio) => ratio < LITTLE_RATIO)) {
    const proposed = USUAL_PPM.findLast(
      (ppm) =>
        ppm > now.objectivePpm &&
        1_000_000 - now.objectivePpm <= MOST_TIMES_HARDER * (1_000_000 - ppm) &&
        counts.every(
          (each) => mayFail(each, ppm) >= LEAST_MAY_FAIL && spentAt(each, ppm) <= HALF_RATIO,
        ),
    )
    return proposed === undefined ? null : advice(now, before, 'tighten', proposed)
  }
  if (spent.every((ratio) => ratio > 1)) {
    const proposed = USUAL_PPM.findLast(
      (ppm) => ppm < now.objectivePpm && counts.every((each) => spentAt(each, ppm) <= 1),
    )
    return advice(now, before, 'loosen', proposed ?? null)
  }
  return null
}

function advice(
  now: SloAttainment,
  before: SloAttainment,
  kind: ReviewAdvice['kind'],
  proposedPpm: number | null,
): ReviewAdvice {
  const { tenantId, tenantName, sloId, title, objectivePpm } = now
  return {
    kind,
    tenantId,
    tenantName,
    sloId,
    title,
    objectivePpm,
    proposedPpm,
    spentRatio: now.corrected.spentRatio,
    beforeSpentRatio: before.corrected.spentRatio,
    proposedSpentRatio: proposedPpm === null ? null : spentAt(now.corrected, proposedPpm),
    proposedBeforeSpentRatio: proposedPpm === null ? null : spentAt(before.corrected, proposedPpm),
  }
}

function mayFail({ total }: AttainedCounts, targetPpm: number): number {
  return (total * (1_000_000 - targetPpm)) / 1_000_000
}

function spentAt(counts: AttainedCounts, targetPpm: number): number {
  return counts.bad / mayFail(counts, targetPpm)
}
