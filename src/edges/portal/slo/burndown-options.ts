/**
 * How uPlot draws a budget: the line that is left, the even one, corrections, deploys and alerts.
 */
import type uPlot from 'uplot'
import type { ChartInk } from '../signals/chart-ink.ts'
import { drawLine, drawMarks, drawText } from '../signals/plot-draw.ts'
import { plotFrame } from '../signals/plot-frame.ts'
import type { Mark, PlotCalls } from '../signals/plot-scene.ts'
import { formatBudget } from '../format/format.ts'
import { leftAt, type AlertSpan, type BurndownLines } from './burndown-data.ts'

export const BURNDOWN_HEIGHT = 248
/** Of the strip at the foot in which alerts fire. Units: px. */
const STRIP = 4
/** Of a deploy where there are more than can be named. */
const TICK = 8
const NAMED_MARKS = 12

/** What changes while the chart stays; read at every drawing. */
export interface BurndownScene {
  readonly fromMs: number
  readonly toMs: number
  readonly scale: readonly [number, number]
  readonly lines: BurndownLines
  readonly excluded: readonly { readonly fromMs: number; readonly toMs: number }[]
  readonly alerts: readonly AlertSpan[]
  readonly loads: readonly { readonly fromMs: number; readonly toMs: number }[]
  readonly marks: readonly Mark[]
}

export function burndownOptions(
  ink: ChartInk,
  width: number,
  scene: () => BurndownScene,
  calls: PlotCalls,
): uPlot.Options {
  const isCorrected = scene().lines.uncorrected !== null
  const frame = plotFrame(
    {
      width,
      height: BURNDOWN_HEIGHT,
      spaces: [80, 40],
      range: scene,
      valueRange: () => scene().scale,
      formatValue: formatBudget,
    },
    ink,
    calls,
  )
  return {
    ...frame,
    series: [
      {},
      { label: 'Even', stroke: ink.axis, width: 1, dash: [6, 4], points: { show: false } },
      ...(isCorrected
        ? [
            {
              label: 'Uncorrected',
              stroke: ink.series[2],
              width: 1.5,
              dash: [2, 3],
              points: { show: false },
            },
          ]
        : []),
      { label: 'Budget left', stroke: ink.series[1], width: 2, points: { show: false } },
    ],
    hooks: {
      ...frame.hooks,
      drawClear: [(plot) => drawExcluded(plot, scene(), ink)],
      draw: [
        (plot) => drawDeploys(plot, scene(), ink),
        (plot) => drawLoads(plot, scene(), ink),
        (plot) => drawSpent(plot, scene(), ink),
        (plot) => drawAlerts(plot, scene(), ink),
      ],
    },
  }
}

/** Shades and hatches what no budget is charged for; a sliver stays visible. */
function drawExcluded(plot: uPlot, { excluded }: BurndownScene, ink: ChartInk): void {
  const { ctx, bbox } = plot
  const gap = 6 * devicePixelRatio
  for (const { fromMs, toMs } of excluded) {
    const from = Math.max(bbox.left, plot.valToPos(fromMs / 1_000, 'x', true))
    const to = Math.min(bbox.left + bbox.width, plot.valToPos(toMs / 1_000, 'x', true))
    const width = Math.max(to - from, 2 * devicePixelRatio)
    if (to < bbox.left || from > bbox.left + bbox.width) continue
    ctx.save()
    ctx.beginPath()
    ctx.rect(from, bbox.top, width, bbox.height)
    ctx.clip()
    ctx.fillStyle = ink.open
    ctx.fillRect(from, bbox.top, width, bbox.height)
    ctx.strokeStyle = ink.mark
    ctx.globalAlpha = 0.5
    ctx.lineWidth = devicePixelRatio
    ctx.beginPath()
    for (let x = from - bbox.height; x < from + width; x += gap) {
      ctx.moveTo(x, bbox.top + bbox.height)
      ctx.lineTo(x + bbox.height, bbox.top)
    }
    ctx.stroke()
    ctx.restore()
  }
}

/** Lines with names while they can be told apart; ticks at the head where they are many. */
function drawDeploys(plot: uPlot, scene: BurndownScene, ink: ChartInk): void {
  const { marks, fromMs, toMs } = scene
  const shown = marks.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
  if (shown.length <= NAMED_MARKS) {
    drawMarks(plot, { marks: shown, fromMs, toMs }, ink)
    return
  }
  const { top } = plot.bbox
  for (const { atMs } of shown) {
    const x = Math.round(plot.valToPos(atMs / 1_000, 'x', true)) + 0.5
    drawLine(plot, ink.mark, [], x, top, x, top + TICK * devicePixelRatio)
  }
}

/** A strip at the head for as long as a load test ran. */
function drawLoads(plot: uPlot, { loads }: BurndownScene, ink: ChartInk): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.fillStyle = ink.series[1]
  for (const { fromMs, toMs } of loads) {
    const x = plot.valToPos(fromMs / 1_000, 'x', true)
    const width = plot.valToPos(toMs / 1_000, 'x', true) - x
    const least = STRIP * devicePixelRatio
    ctx.fillRect(x, bbox.top, Math.max(width, least), least)
  }
  ctx.restore()
}

/** The line below which more than the budget is spent. */
function drawSpent(plot: uPlot, { scale }: BurndownScene, ink: ChartInk): void {
  if (scale[0] >= 0) return
  const { left, width } = plot.bbox
  const y = Math.round(plot.valToPos(0, 'y', true)) + 0.5
  drawLine(plot, ink.threshold, [4, 4], left, y, left + width, y)
  const x = left + width - 4 * devicePixelRatio
  drawText(plot, ink, { words: 'spent', fill: ink.threshold, x, y, align: 'right' })
}

/** A dot on the line where an alert opened, and a strip at the foot for as long as it fired. */
function drawAlerts(plot: uPlot, scene: BurndownScene, ink: ChartInk): void {
  const { ctx, bbox } = plot
  const strip = STRIP * devicePixelRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  for (const { fromMs, toMs, action } of scene.alerts.toReversed()) {
    const x = plot.valToPos(fromMs / 1_000, 'x', true)
    const to = plot.valToPos(toMs / 1_000, 'x', true)
    ctx.fillStyle = action === 'page' ? ink.threshold : ink.warning
    ctx.fillRect(x, bbox.top + bbox.height - strip, Math.max(to - x, 2 * devicePixelRatio), strip)
    const left = leftAt(scene.lines, fromMs)
    if (left === null) continue
    const y = plot.valToPos(Math.max(left, scene.scale[0]), 'y', true)
    ctx.beginPath()
    ctx.arc(x, y, 4.5 * devicePixelRatio, 0, 2 * Math.PI)
    ctx.fill()
    ctx.lineWidth = 2 * devicePixelRatio
    ctx.strokeStyle = ink.surface
    ctx.stroke()
  }
  ctx.restore()
}
