/** How uPlot draws signals: lines, gaps, the threshold, deploys, the step that goes on. */
import type uPlot from 'uplot'
import { lonelySteps } from './chart-data.ts'
import type { ChartInk } from './chart-ink.ts'
import { drawLine, drawMarks, drawText } from './plot-draw.ts'
import { plotFrame } from './plot-frame.ts'
import type { PlotCalls, PlotScene } from './plot-scene.ts'
import type { ChartRow } from './signal-charts.ts'

export const SIGNAL_HEIGHT = 168
const LINE_WIDTH = 1.5
const FILL_ALPHA = '1f'
const BINARY_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power)

export function plotOptions(
  row: ChartRow,
  ink: ChartInk,
  width: number,
  scene: () => PlotScene,
  calls: PlotCalls,
): uPlot.Options {
  const frame = plotFrame(
    {
      width,
      height: SIGNAL_HEIGHT,
      spaces: [72, 32],
      range: scene,
      valueRange: () => [0, scene().top],
      formatValue: (value) => (value === 0 ? '0' : row.format(value)),
      ...(row.isBinary === true ? { steps: BINARY_STEPS } : {}),
      syncKey: 'tenant-signals',
    },
    ink,
    calls,
  )
  return {
    ...frame,
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
      ...frame.hooks,
      drawClear: [(plot) => drawOpen(plot, scene(), ink)],
      draw: [(plot) => drawThreshold(plot, scene(), ink), (plot) => drawMarks(plot, scene(), ink)],
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
