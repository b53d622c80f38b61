/** How uPlot draws a chart: axes, lines, gaps, the threshold, deploys, the step that goes on. */
import type uPlot from 'uplot'
import { lonelySteps } from './chart-data.ts'
import type { ChartInk } from './chart-ink.ts'
import { drawLine, drawMarks, drawText, timeValues } from './plot-draw.ts'
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
  drawLine(plot, ink.threshold, [4, 4], left, y, left + width, y)
  drawText(plot, ink, {
    words: threshold.name,
    fill: ink.threshold,
    x: left + width - 4 * devicePixelRatio,
    y,
    align: 'right',
  })
}
