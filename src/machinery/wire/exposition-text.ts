/**
 * Writes metric families in the Prometheus text format 0.0.4. Source: Prometheus documentation,
 * "Exposition formats". A writer collects one chunk; the caller takes it when it is large enough
 * and writes it out.
 */
export type SampleLabels = readonly (readonly [name: string, value: string])[]

export interface ExpositionWriter {
  /** Begins a family: its HELP and TYPE lines. Call once a family, before its samples. */
  family(name: string, kind: 'counter' | 'gauge' | 'histogram', help: string): void
  /** Writes one line. The name may carry a suffix of the family, as `_bucket` does. */
  sample(name: string, labels: SampleLabels, value: number): void
  /** Characters collected since the last take. */
  length(): number
  /** Returns what was collected and begins anew. */
  take(): string
}

export const TEXT_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export function openExpositionWriter(): ExpositionWriter {
  let text = ''
  return {
    family(name, kind, help) {
      text += `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${kind}\n`
    },
    sample(name, labels, value) {
      text += name
      if (labels.length > 0) {
        let separator = '{'
        for (const [label, labelValue] of labels) {
          text += `${separator}${label}="${escapeLabelValue(labelValue)}"`
          separator = ','
        }
        text += '}'
      }
      text += ` ${formatValue(value)}\n`
    },
    length: () => text.length,
    take() {
      const taken = text
      text = ''
      return taken
    },
  }
}

/** Writes a number as the text format wants it. Worked: Infinity -> "+Inf". */
export function formatValue(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}

const NEEDS_ESCAPE = /[\\"\n]/

function escapeLabelValue(value: string): string {
  if (!NEEDS_ESCAPE.test(value)) return value
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
