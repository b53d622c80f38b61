/** What a report is made of, whatever form it is written in. Plain values. */
import type { Chart } from './chart.ts'

/** `good`, `poor` and `bad` are also told by words or signs: colour never stands alone. */
export type Tone = 'plain' | 'quiet' | 'good' | 'poor' | 'bad'

export interface Report {
  readonly title: string
  /** Below the title: what it is about, one line each. */
  readonly subtitle: readonly string[]
  readonly blocks: readonly Block[]
  /** At the end: how figures were made. */
  readonly notes: readonly string[]
  /** When it was made; shown, and what a PDF is dated by. Units: epoch milliseconds. */
  readonly madeAtMs: number
}

export type Block =
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string; readonly tone?: Tone }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'figures'; readonly figures: readonly Figure[] }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'chart'; readonly chart: Chart }

/** A number that is read from afar. */
export interface Figure {
  readonly label: string
  readonly value: string
  readonly note?: string
  readonly tone?: Tone
}

export interface Table {
  readonly caption?: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

export interface Cell {
  readonly text: string
  readonly tone?: Tone
}

export function cell(text: string, tone: Tone = 'plain'): Cell {
  return tone === 'plain' ? { text } : { text, tone }
}
