/** How uPlot draws a chart: axes, lines, gaps, the threshold, deploys, the step that goes on. */
import type uPlot from 'uplot'
import { lonelySteps } from './chart-data.ts'
import type { ChartInk } from './chart-ink.ts'
import type { PlotCalls, PlotScene } from './plot-scene.ts'
import type { ChartRow } from './signal-charts.ts'

const HEIGHT = 168
const AXIS_WIDTH = 64
const LINE_WIDTH = 1.5
const FILL_ALPHA = '1f'
const BINARY_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power)

export function plotOptions(
  row: ChartRow,
  ink: ChartInk,
  width: number,
  scene: () => PlotScene,
  { onCursor, onZoom }: PlotCalls,
): uPlot.Options {
  const axis = {
    stroke: ink.axis,
    font: ink.font,
    grid: { stroke: ink.grid, width: 1 },
    ticks: { show: false },
  }
  return {
    width,
    height: HEIGHT,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: 'tenant-signals', setSeries: false },
      drag: { x: true, y: false, setScale: false },
      focus: { prox: -1 },
      points: { size: 6, width: 1.5 },
    },
    scales: {
      x: { time: true, range: () => [scene().fromMs / 1000, scene().toMs / 1000] },
      y: { range: () => [0, scene().top] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 28, space: 72, values: timeValues },
      {
        ...axis,
        size: AXIS_WIDTH,
        space: 32,
        ...(row.isBinary === true ? { incrs: BINARY_STEPS } : {}),
        values: (_, ticks) => ticks.map((tick) => (tick === 0 ? '0' : row.format(tick))),
      },
    ],
    series: [
      {},
      ...row.lines.map(({ label, colour, dash }) => ({
        label,
        stroke: ink.series[colour],
        width: LINE_WIDTH,
        spanGaps: false,
        ...(dash === undefined ? {} : { dash: [...dash] }),
        ...(row.isFilled === true ? { fill: ink.series[colour] + FILL_ALPHA } : {}),
        points: {
          show: true,
          size: 5,
          fill: ink.series[colour],
          filter: (plot: uPlot, line: number) => lonelySteps([...(plot.data[line] ?? [])]),
        },
      })),
    ],
    hooks: {
      drawClear: [(plot) => drawOpen(plot, scene(), ink)],
      draw: [(plot) => drawThreshold(plot, scene(), ink), (plot) => drawMarks(plot, scene(), ink)],
      setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width: selected } = plot.select
          if (selected < 4) return
          onZoom(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + selected, 'x') * 1000)
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        },
      ],
    },
  }
}

/** Writes times of day, and the date where a day begins. */
function timeValues(_: uPlot, ticks: number[], __: number, ___: number, spacing: number): string[] {
  const isDaily = spacing >= 86_400
  return ticks.map((tick) => {
    const at = new Date(tick * 1000)
    const isMidnight = at.getHours() === 0 && at.getMinutes() === 0
    if (isDaily || isMidnight)
      return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
    return at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  })
}

/** Shades what may still grow. */
function drawOpen(plot: uPlot, { settledToMs, toMs }: PlotScene, ink: ChartInk): void {
  if (settledToMs >= toMs) return
  const { left, top, width, height } = plot.bbox
  const from = Math.max(left, plot.valToPos(settledToMs / 1000, 'x', true))
  plot.ctx.save()
  plot.ctx.fillStyle = ink.open
  plot.ctx.fillRect(from, top, left + width - from, height)
  plot.ctx.restore()
}

function drawThreshold(plot: uPlot, { threshold }: PlotScene, ink: ChartInk): void {
  if (threshold === null) return
  const { left, width } = plot.bbox
  const y = Math.round(plot.valToPos(threshold.value, 'y', true)) + 0.5
  line(plot, ink.threshold, [4, 4], left, y, left + width, y)
  text(plot, ink, ink.threshold, threshold.name, left + width - 4 * devicePixelRatio, y, 'right')
}

/** Marks what happened, newest first. A name is left out where it would lie over another. */
function drawMarks(plot: uPlot, { marks, fromMs, toMs }: PlotScene, ink: ChartInk): void {
  const { left, top, width, height } = plot.bbox
  const gap = 4 * devicePixelRatio
  let freeTo = left + width
  for (const { atMs, name } of marks) {
    if (atMs < fromMs || atMs > toMs) continue
    const x = Math.round(plot.valToPos(atMs / 1000, 'x', true)) + 0.5
    line(plot, ink.mark, [2, 2], x, top, x, top + height)
    if (x + 2 * gap + textWidth(plot, ink, name) > freeTo) continue
    text(plot, ink, ink.axis, name, x + gap, top + 14 * devicePixelRatio, 'left')
    freeTo = x
  }
}

function line(
  { ctx }: uPlot,
  stroke: string,
  dash: readonly number[],
  ...[fromX, fromY, toX, toY]: [number, number, number, number]
): void {
  ctx.save()
  ctx.strokeStyle = stroke
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash(dash.map((length) => length * devicePixelRatio))
  ctx.beginPath()
  ctx.moveTo(fromX, fromY)
  ctx.lineTo(toX, toY)
  ctx.stroke()
  ctx.restore()
}

function text(
  { ctx }: uPlot,
  ink: ChartInk,
  fill: string,
  words: string,
  x: number,
  y: number,
  align: 'left' | 'right',
): void {
  ctx.save()
  ctx.font = canvasFont(ink)
  ctx.textAlign = align
  ctx.textBaseline = 'bottom'
  ctx.lineJoin = 'round'
  ctx.lineWidth = 4 * devicePixelRatio
  ctx.strokeStyle = ink.surface
  ctx.strokeText(words, x, y - 3 * devicePixelRatio)
  ctx.fillStyle = fill
  ctx.fillText(words, x, y - 3 * devicePixelRatio)
  ctx.restore()
}

function textWidth({ ctx }: uPlot, ink: ChartInk, words: string): number {
  ctx.save()
  ctx.font = canvasFont(ink)
  const { width } = ctx.measureText(words)
  ctx.restore()
  return width
}

/** A canvas has as many dots as the screen. */
function canvasFont({ font }: ChartInk): string {
  return font.replace(/^([\d.]+)px/, (_, size: string) => `${Number(size) * devicePixelRatio}px`)
}
