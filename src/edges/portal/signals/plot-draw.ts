/** What several charts draw by hand on uPlot's canvas. */
import type uPlot from 'uplot'
import type { ChartInk } from './chart-ink.ts'
import type { PlotScene } from './plot-scene.ts'

/** Writes times of day, and the date where a day begins. */
export function timeValues(
  _: uPlot,
  ticks: number[],
  __: number,
  ___: number,
  spacing: number,
): string[] {
  const isDaily = spacing >= 86_400
  return ticks.map((tick) => {
    const at = new Date(tick * 1000)
    const isMidnight = at.getHours() === 0 && at.getMinutes() === 0
    if (isDaily || isMidnight)
      return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
    return at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  })
}

/** Marks what happened, newest first. A name is left out where it would lie over another. */
export function drawMarks(
  plot: uPlot,
  { marks, fromMs, toMs }: Pick<PlotScene, 'marks' | 'fromMs' | 'toMs'>,
  ink: ChartInk,
): void {
  const { left, top, width, height } = plot.bbox
  const gap = 4 * devicePixelRatio
  let freeTo = left + width
  for (const { atMs, name } of marks) {
    if (atMs < fromMs || atMs > toMs) continue
    const x = Math.round(plot.valToPos(atMs / 1000, 'x', true)) + 0.5
    drawLine(plot, ink.mark, [2, 2], x, top, x, top + height)
    if (x + 2 * gap + textWidth(plot, ink, name) > freeTo) continue
    const y = top + 14 * devicePixelRatio
    drawText(plot, ink, { words: name, fill: ink.axis, x: x + gap, y, align: 'left' })
    freeTo = x
  }
}

export function drawLine(
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

/** Writes words above a place on the canvas. */
export function drawText(
  { ctx }: uPlot,
  ink: ChartInk,
  {
    words,
    fill,
    x,
    y,
    align,
  }: {
    readonly words: string
    readonly fill: string
    readonly x: number
    readonly y: number
    readonly align: 'left' | 'right'
  },
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

/** Tells how wide words are. Units: dots of the screen. */
export function textWidth({ ctx }: Pick<uPlot, 'ctx'>, ink: ChartInk, words: string): number {
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
