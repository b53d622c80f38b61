/** Which outcomes events are of that are told apart by status, and how configuration says so.
 *  Pure. */
import {
  classOfOutcome,
  OUTCOMES,
  outcomesNamed,
  STATUS_NAMES,
  type Outcome,
  type StatusName,
} from '../../../core/names/status-classes.ts'

/** Those of some names, or all; but not those of others. */
interface Named {
  readonly classes?: readonly StatusName[] | undefined
  readonly except?: readonly StatusName[] | undefined
}

/** Tells which outcomes events are of. Shape: in the order of `OUTCOMES`.
 *  Worked: 4xx except quota is other-4xx and 429. */
export function outcomesOf({ classes, except }: Named): Outcome[] {
  const named = classes === undefined ? [...OUTCOMES] : outcomesNamed(classes)
  const not = outcomesNamed(except ?? [])
  return named.filter((outcome) => !not.includes(outcome))
}

/** Says of which outcomes events are, the fewest names first. Asks for one outcome at least.
 *  Undefined for what cannot be said, such as a quota's refusals without the other 429.
 *  Worked: all but quota is `except: [quota]`. */
export function namedOutcomes(
  outcomes: readonly Outcome[],
): { classes?: StatusName[]; except?: StatusName[] } | undefined {
  const exact = namesWithin(outcomes)
  const left = outcomes.filter((outcome) => !outcomesNamed(exact).includes(outcome))
  const wider = left.map((outcome): StatusName =>
    outcome === '429' ? outcome : classOfOutcome(outcome),
  )
  const classes = STATUS_NAMES.filter((name) => exact.includes(name) || wider.includes(name))
  const except = namesWithin(outcomesNamed(classes).filter((one) => !outcomes.includes(one)))
  const isAll = outcomesNamed(classes).length === OUTCOMES.length
  const said = {
    ...(isAll ? {} : { classes: withoutParts(classes) }),
    ...(except.length === 0 ? {} : { except }),
  }
  return outcomesOf(said).length === new Set(outcomes).size ? said : undefined
}

/** Lists the names that stand for nothing but some outcomes. */
function namesWithin(outcomes: readonly Outcome[]): StatusName[] {
  return withoutParts(
    STATUS_NAMES.filter((name) => outcomesNamed([name]).every((one) => outcomes.includes(one))),
  )
}

/** Leaves out what stands for a part of another. */
function withoutParts(names: readonly StatusName[]): StatusName[] {
  return names.filter((name) => {
    const part = outcomesNamed([name])
    return !names.some((other) => {
      const whole = outcomesNamed([other])
      return whole.length > part.length && part.every((outcome) => whole.includes(outcome))
    })
  })
}
