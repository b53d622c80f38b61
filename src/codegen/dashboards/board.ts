/**
 * What a dashboard is before anybody writes it: rows of panels, each with its question, unit and
 * queries. Nothing here knows Grafana's JSON; `grafana-json.ts` does.
 */
import type { BoardUid } from './board-uids.ts'

export interface Board {
  readonly uid: BoardUid
  readonly title: string
  readonly description: string
  readonly variables: readonly Variable[]
  readonly annotations: readonly Annotation[]
  /** Boards that its head links to. */
  readonly links: readonly BoardUid[]
  readonly rows: readonly Row[]
}

/** A choice at the head of a board: the values of a label. */
export interface Variable {
  readonly name: string
  readonly label: string
  readonly description: string
  /** Whose values, as Grafana asks for the values of a label of a series. */
  readonly series: string
  readonly valuesOf: string
  /** Several at once, or all of them, which is what is shown at first. */
  readonly many: boolean
}

export interface Annotation {
  readonly name: string
  readonly color: Color
  readonly expr: string
  readonly title: string
  readonly text: string
  /** Of samples that are instants in milliseconds. */
  readonly valueIsTime?: boolean
}

export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

export const COLORS = ['green', 'yellow', 'orange', 'red', 'blue', 'purple', 'text'] as const
export type Color = (typeof COLORS)[number]

/** From a value on, up to the next. The first is of everything below: its value is null. */
export interface Threshold {
  readonly from: number | null
  readonly color: Color
}

export interface Query {
  readonly expr: string
  /** As Grafana writes it: `{{tenant}}`. */
  readonly legend: string
}

interface PanelBase {
  readonly title: string
  /** What it tells and what to do about it. */
  readonly description: string
  /** Grafana's name of the unit. */
  readonly unit: string
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  readonly thresholds?: readonly Threshold[]
  /** In 24ths of the width. */
  readonly width: number
  readonly height?: number
}

/** One number, or one a legend. */
export interface Stat extends PanelBase {
  readonly kind: 'stat'
  readonly queries: readonly Query[]
  /** What is shown where nothing is told. */
  readonly noValue?: string
  readonly mappings?: Readonly<Record<string, { readonly text: string; readonly color: Color }>>
}

/** Lines over time. */
export interface Lines extends PanelBase {
  readonly kind: 'lines'
  readonly queries: readonly Query[]
  readonly stacked?: boolean
  readonly log?: boolean
}

/** Who is worst: a line a series, a column a query, joined by labels. */
export interface Table extends PanelBase {
  readonly kind: 'table'
  readonly columns: readonly Column[]
  /** What joins the queries' series. */
  readonly by: readonly string[]
  /** By label: how its column is called, and the board that its values lead to. */
  readonly labels: Readonly<Record<string, { readonly title: string; readonly to?: BoardUid }>>
  /** The column that the lines are sorted by. */
  readonly sortBy: string
  readonly descending: boolean
}

export interface Column {
  readonly title: string
  readonly unit: string
  readonly decimals?: number
  readonly thresholds?: readonly Threshold[]
  readonly expr: string
}

/** Which of some states held when. */
export interface States extends PanelBase {
  readonly kind: 'states'
  readonly queries: readonly Query[]
  readonly mappings: Readonly<Record<string, { readonly text: string; readonly color: Color }>>
}

export type Panel = Stat | Lines | Table | States
