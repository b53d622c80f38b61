/** Writes a chart as SVG that stands in an HTML page: colours are classes of the page. */
import { drawingOf, type Chart, type Shape } from './chart.ts'
import { escapeMarkup } from './escape-markup.ts'

export function chartSvg(chart: Chart): string {
  const { width, height, shapes } = drawingOf(chart)
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(chart.description)}">`,
    ...shapes.map(shapeSvg),
    '</svg>',
  ].join('')
}

function shapeSvg(shape: Shape): string {
  switch (shape.kind) {
    case 'rect': {
      const { x, y, width, height, ink, hint } = shape
      const box = `x="${place(x)}" y="${place(y)}" width="${place(width)}" height="${place(height)}"`
      const title = hint === undefined ? '' : `<title>${escapeMarkup(hint)}</title>`
      return `<rect class="fill-${ink}" ${box}>${title}</rect>`
    }
    case 'line': {
      const points = shape.points.map(([x, y]) => `${place(x)},${place(y)}`).join(' ')
      const dashes = shape.dashed === true ? ' stroke-dasharray="4 3"' : ''
      return `<polyline class="stroke-${shape.ink}" points="${points}"${dashes}/>`
    }
    case 'text': {
      const { x, y, anchor, ink, text } = shape
      const where = `x="${place(x)}" y="${place(y)}" text-anchor="${anchor}"`
      return `<text class="text-${ink}" ${where}>${escapeMarkup(text)}</text>`
    }
  }
}

function place(value: number): string {
  return String(Math.round(value * 10) / 10)
}
