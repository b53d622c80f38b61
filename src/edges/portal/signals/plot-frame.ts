/** What every chart has alike: axes, the cursor, and choosing a part of the time by dragging. */
import type uPlot from 'uplot'
import type { ChartInk } from './chart-ink.ts'
import { textWidth, timeValues } from './plot-draw.ts'
import type { PlotCalls } from './plot-scene.ts'

export interface PlotFrame {
  readonly width: number
  readonly height: number
  /** Least distance of the labels of time, and of those of the values. Units: px. */
  readonly spaces: readonly [number, number]
  readonly range: () => { readonly fromMs: number; readonly toMs: number }
  readonly valueRange: () => readonly [number, number]
  readonly formatValue: (value: number) => string
  /** Steps that the labels of the values may have; uPlot's own without it. */
  readonly steps?: readonly number[]
  /** Charts of the same name share the cursor. */
  readonly syncKey?: string
}

/** Of the widest label, besides its letters. Units: px. */
const LABEL_ROOM = 16
const LEAST_AXIS = 48
/** Narrower than this a drag is a press. Units: px. */
const LEAST_DRAG = 4

/** Makes what all charts have alike; lines and what is drawn by hand are the caller's. */
export function plotFrame(
  frame: PlotFrame,
  ink: ChartInk,
  { onCursor, onZoom }: PlotCalls,
): Omit<uPlot.Options, 'series'> & {
  readonly hooks: Pick<uPlot.Hooks.Arrays, 'setCursor' | 'setSelect'>
} {
  const axis = {
    stroke: ink.axis,
    font: ink.font,
    grid: { stroke: ink.grid, width: 1 },
    ticks: { show: false },
  }
  const [timeSpace, valueSpace] = frame.spaces
  const { syncKey, steps } = frame
  return {
    width: frame.width,
    height: frame.height,
    padding: [12, 28, 0, 0],
    legend: { show: false },
    cursor: {
      ...(syncKey === undefined ? {} : { sync: { key: syncKey, setSeries: false } }),
      drag: { x: true, y: false, setScale: false },
      focus: { prox: -1 },
      points: { size: 6, width: 1.5 },
    },
    scales: {
      x: { time: true, range: () => [frame.range().fromMs / 1_000, frame.range().toMs / 1_000] },
      y: { range: () => [...frame.valueRange()] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 28, space: timeSpace, values: timeValues },
      {
        ...axis,
        size: (plot, labels: string[] | null) => labelRoom(plot, ink, labels ?? []),
        space: valueSpace,
        ...(steps === undefined ? {} : { incrs: [...steps] }),
        values: (_, ticks) => ticks.map(frame.formatValue),
      },
    ],
    hooks: {
      setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width: selected } = plot.select
          if (selected < LEAST_DRAG) return
          onZoom(plot.posToVal(left, 'x') * 1_000, plot.posToVal(left + selected, 'x') * 1_000)
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        },
      ],
    },
  }
}

/** Gives the labels the room that the widest of them takes, so that none is cut off. */
function labelRoom(plot: uPlot, ink: ChartInk, labels: readonly string[]): number {
  const widest = Math.max(0, ...labels.map((label) => textWidth(plot, ink, label)))
  return Math.max(LEAST_AXIS, Math.ceil(widest / devicePixelRatio) + LABEL_ROOM)
}
