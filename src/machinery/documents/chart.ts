/**
 * Where the parts of a chart lie: its values as shapes on a plane of fixed size, the origin at the
 * top left. Forms differ only in how they write a shape. Pure.
 */

/** What a shape is for; a form chooses its colour. */
export type Ink =
  | 'axis'
  | 'label'
  | 'grid'
  | 'reference'
  | 'shade'
  | 'accent'
  | 'good'
  | 'poor'
  | 'bad'
  | 'quiet'

export type Shape =
  | {
      readonly kind: 'rect'
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
      readonly ink: Ink
      /** Shown to whoever points at it. */
      readonly hint?: string
    }
  | {
      readonly kind: 'line'
      readonly points: readonly (readonly [x: number, y: number])[]
      readonly ink: Ink
      readonly dashed?: boolean
    }
  | {
      readonly kind: 'text'
      readonly x: number
      readonly y: number
      readonly text: string
      readonly anchor: 'start' | 'middle' | 'end'
      readonly ink: Ink
    }

export interface ChartColumn {
  readonly label: string
  /** Null: nothing was counted. */
  readonly value: number | null
  readonly ink: Ink
  /** Something about it is out of the ordinary: drawn on a shaded ground. */
  readonly shaded?: boolean
  readonly hint: string
}

/** Columns over time, or a line over time. */
export interface Chart {
  readonly kind: 'columns' | 'line'
  readonly title: string
  /** What it shows, for whoever cannot see it. */
  readonly description: string
  /** In the order of time. */
  readonly columns: readonly ChartColumn[]
  /** A value that the others are compared with. */
  readonly reference?: { readonly value: number; readonly label: string }
  readonly format: (value: number) => string
}

export interface Drawing {
  readonly width: number
  readonly height: number
  readonly shapes: readonly Shape[]
}

const WIDTH = 720
const HEIGHT = 176
const LEFT = 56
const RIGHT = 12
const TOP = 20
const BOTTOM = 24
const TICKS = 4
const LABELS = 8

/** Lays a chart out. Shape: backgrounds first. The axis of columns begins at nought; that of a line
 *  holds all its values. */
export function drawingOf(chart: Chart): Drawing {
  const scale = scaleOf(chart)
  const slot = (WIDTH - LEFT - RIGHT) / Math.max(1, chart.columns.length)
  const at = (index: number): number => LEFT + slot * index
  const y = (value: number): number =>
    TOP + ((scale.most - value) / (scale.most - scale.least)) * (HEIGHT - TOP - BOTTOM)
  return {
    width: WIDTH,
    height: HEIGHT,
    shapes: [
      ...shades(chart, { at, slot }),
      ...grid(chart, scale, y),
      ...(chart.kind === 'columns' ? bars(chart, { at, slot, y }) : lines(chart, { at, slot, y })),
      ...reference(chart, y),
      ...times(chart, { at, slot }),
    ],
  }
}

interface Scale {
  readonly least: number
  readonly most: number
  readonly step: number
}

interface Plane {
  readonly at: (index: number) => number
  readonly slot: number
}

function scaleOf({ kind, columns, reference: compared }: Chart): Scale {
  const values = columns.flatMap(({ value }) => (value === null ? [] : [value]))
  if (compared !== undefined) values.push(compared.value)
  const least = kind === 'columns' ? Math.min(0, ...values) : Math.min(...values, 1)
  const most = Math.max(...values, least + 1e-9)
  const step = niceStep((most - least) / TICKS)
  return {
    least: Math.floor(least / step + 1e-9) * step,
    most: Math.ceil(most / step - 1e-9) * step,
    step,
  }
}

/** Tells the step of 1, 2 or 5 times a power of ten at or above a number. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 5].find((digit) => digit * power >= rough * (1 - 1e-9)) ?? 10) * power
}

function shades({ columns }: Chart, { at, slot }: Plane): Shape[] {
  return columns.flatMap(({ shaded, hint }, index): Shape[] =>
    shaded === true
      ? [
          {
            kind: 'rect',
            x: at(index),
            y: TOP,
            width: slot,
            height: HEIGHT - TOP - BOTTOM,
            ink: 'shade',
            hint,
          },
        ]
      : [],
  )
}

function grid(
  { format }: Chart,
  { least, most, step }: Scale,
  y: (value: number) => number,
): Shape[] {
  const shapes: Shape[] = []
  const ticks = Math.round((most - least) / step)
  for (let tick = 0; tick <= ticks; tick += 1) {
    const value = least + tick * step
    const points = [
      [LEFT, y(value)],
      [WIDTH - RIGHT, y(value)],
    ] as const
    shapes.push({ kind: 'line', points, ink: tick === 0 ? 'axis' : 'grid' })
    const text = format(Math.abs(value) < step / 1e6 ? 0 : value)
    shapes.push({ kind: 'text', x: LEFT - 6, y: y(value) + 4, text, anchor: 'end', ink: 'label' })
  }
  return shapes
}

function bars(
  { columns }: Chart,
  { at, slot, y }: Plane & { readonly y: (value: number) => number },
): Shape[] {
  const gap = Math.min(3, slot / 4)
  return columns.flatMap(({ value, ink, hint }, index): Shape[] => {
    if (value === null) return []
    const [top, bottom] = value >= 0 ? [y(value), y(0)] : [y(0), y(value)]
    const height = Math.max(value === 0 ? 0.5 : 1, bottom - top)
    return [
      {
        kind: 'rect',
        x: at(index) + gap / 2,
        y: bottom - height,
        width: slot - gap,
        height,
        ink,
        hint,
      },
    ]
  })
}

/** A line breaks where nothing was counted. */
function lines(
  { columns }: Chart,
  { at, slot, y }: Plane & { readonly y: (value: number) => number },
): Shape[] {
  const shapes: Shape[] = []
  let points: [number, number][] = []
  const end = (): void => {
    const [only] = points
    if (points.length === 1 && only !== undefined) points.push([only[0] + 1, only[1]])
    if (points.length > 0) shapes.push({ kind: 'line', points, ink: 'accent' })
    points = []
  }
  columns.forEach(({ value }, index) => {
    if (value === null) end()
    else points.push([at(index) + slot, y(value)])
  })
  end()
  return shapes
}

/** What the line stands for is written above the plane, where no column can hide it. */
function reference({ reference: compared, columns }: Chart, y: (value: number) => number): Shape[] {
  if (compared === undefined || columns.length === 0) return []
  const height = y(compared.value)
  const line = (from: number, to: number, at: number): Shape => {
    const points = [[from, at] as const, [to, at] as const]
    return { kind: 'line', points, ink: 'reference', dashed: true }
  }
  return [
    line(LEFT, WIDTH - RIGHT, height),
    line(LEFT, LEFT + 22, TOP - 12),
    {
      kind: 'text',
      x: LEFT + 28,
      y: TOP - 8,
      text: compared.label,
      anchor: 'start',
      ink: 'reference',
    },
  ]
}

function times({ columns }: Chart, { at, slot }: Plane): Shape[] {
  const every = Math.max(1, Math.ceil(columns.length / LABELS))
  return columns.flatMap(({ label }, index): Shape[] =>
    index % every === 0
      ? [
          {
            kind: 'text',
            x: at(index) + slot / 2,
            y: HEIGHT - 8,
            text: label,
            anchor: 'middle',
            ink: 'label',
          },
        ]
      : [],
  )
}
