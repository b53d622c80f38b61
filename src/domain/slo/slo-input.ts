/** What the SLOs of a tenant count, each once: several SLOs may read the same counts. Pure. */
import type { Outcome } from '../../core/names/status-classes.ts'
import { namedOutcomes } from './model/outcomes.ts'
import { inputOf, isBucketInput, type SloInput, type SloTemplate } from './template.ts'

export interface SloInputs {
  /** Distinct. */
  readonly list: readonly SloInput[]
  /** By template: its place in the list; -1 for one that counts no cells. */
  readonly ofTemplate: readonly number[]
}

export function inputsOf(templates: readonly SloTemplate[]): SloInputs {
  const inputs = templates.map(inputOf)
  const byKey = new Map(inputs.flatMap((input) => (input ? [[inputKey(input), input]] : [])))
  const keys = [...byKey.keys()]
  return {
    list: [...byKey.values()],
    ofTemplate: inputs.map((input) => (input === null ? -1 : keys.indexOf(inputKey(input)))),
  }
}

/** Names an input. Worked: `requests 5xx`, `probes 5xx of 2xx 5xx`, `duration 0.2`. */
export function inputKey(input: SloInput): string {
  if (isBucketInput(input)) return `${input.signal} ${input.thresholdSeconds}`
  const { signal, badOutcomes, countedOutcomes, turning } = input
  const of = countedOutcomes === undefined ? '' : ` of ${said(countedOutcomes)}`
  const but = turning === undefined ? '' : ` but ${said(turning.bad)} / ${said(turning.good)}`
  return `${signal} ${said(badOutcomes)}${of}${but}`
}

function said(outcomes: readonly Outcome[]): string {
  const named = namedOutcomes(outcomes)
  if (named === undefined) return outcomes.join(' ')
  const { classes = [], except = [] } = named
  return [...classes, ...except.map((name) => `-${name}`)].join(' ')
}
