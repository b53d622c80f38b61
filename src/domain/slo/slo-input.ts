/** What the SLOs of a tenant count, each once: several SLOs may read the same counts. Pure. */
import type { SloInput, SloTemplate } from './template.ts'

export interface SloInputs {
  /** Distinct. */
  readonly list: readonly SloInput[]
  /** By template: its place in the list. */
  readonly ofTemplate: readonly number[]
}

export function inputsOf(templates: readonly SloTemplate[]): SloInputs {
  const keys = templates.map(({ input }) => inputKey(input))
  const distinct = [...new Set(keys)]
  return {
    list: distinct.map((key) => templates[keys.indexOf(key)]!.input),
    ofTemplate: keys.map((key) => distinct.indexOf(key)),
  }
}

/** Names an input. Worked: `requests 5xx`, `duration 0.2`. */
export function inputKey(input: SloInput): string {
  return input.signal === 'requests'
    ? `requests ${input.badClasses.join(' ')}`
    : `duration ${input.thresholdSeconds}`
}
