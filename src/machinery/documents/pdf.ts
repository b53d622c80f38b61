/**
 * Writes a report as a PDF on A4: text that can be searched and copied, page numbers, heads of
 * tables again on every page. The same report gives the same bytes. Its typeface has Latin, Greek,
 * Cyrillic, Arabic and more, but no Chinese, Japanese or Korean: what it lacks is shown as boxes.
 */
import { fileURLToPath } from 'node:url'
import PdfDocument from 'pdfkit'
import { drawingOf, type Chart, type Ink, type Shape } from './chart.ts'
import type { Block, Cell, Figure, Report, Table, Tone } from './report.ts'

const MARGIN = 48
const FONT = fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'))
const BOLD = fileURLToPath(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'))

const INKS: Record<Ink | Tone, string> = {
  plain: '#1a1d21',
  quiet: '#5c6570',
  good: '#1a7f4b',
  poor: '#9a5b00',
  bad: '#c0252d',
  accent: '#2a5bd7',
  axis: '#5c6570',
  grid: '#d9dee4',
  label: '#5c6570',
  reference: '#c0252d',
  shade: '#e9e3f5',
}

type Pdf = InstanceType<typeof PdfDocument>

/** Cost: some 10 ms a page, on the calling thread. */
export async function pdfOf(report: Report): Promise<Uint8Array<ArrayBuffer>> {
  const pdf = new PdfDocument({
    size: 'A4',
    margin: MARGIN,
    bufferPages: true,
    font: FONT,
    info: { Title: report.title, CreationDate: new Date(report.madeAtMs), Producer: 'Tenantry' },
  })
  pdf.registerFont('bold', BOLD)
  pdf.registerFont('plain', FONT)
  const parts: Uint8Array[] = []
  pdf.on('data', (part: Uint8Array) => parts.push(part))
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on('end', resolve)
    pdf.on('error', reject)
  })
  write(pdf, report)
  numberPages(pdf, report.title)
  pdf.end()
  await ended
  return Buffer.concat(parts)
}

function write(pdf: Pdf, { title, subtitle, blocks, notes, madeAtMs }: Report): void {
  text(pdf, title, { size: 18, bold: true })
  for (const line of subtitle) text(pdf, line, { size: 9.5, tone: 'quiet' })
  for (const block of blocks) writeBlock(pdf, block)
  pdf.moveDown(1)
  for (const note of notes) text(pdf, note, { size: 8, tone: 'quiet' })
  const made = new Date(madeAtMs).toISOString().slice(0, 16).replace('T', ' ')
  text(pdf, `Made ${made} UTC`, { size: 8, tone: 'quiet' })
}

function writeBlock(pdf: Pdf, block: Block): void {
  switch (block.kind) {
    case 'heading':
      room(pdf, 90)
      pdf.moveDown(block.level === 2 ? 1 : 0.6)
      text(pdf, block.text, { size: block.level === 2 ? 13 : 10.5, bold: true })
      pdf.moveDown(0.2)
      return
    case 'paragraph':
      text(pdf, block.text, { size: 9.5, tone: block.tone ?? 'plain' })
      return
    case 'list':
      for (const item of block.items) text(pdf, `• ${item}`, { size: 9.5 })
      return
    case 'figures':
      writeFigures(pdf, block.figures)
      return
    case 'table':
      writeTable(pdf, block.table)
      return
    case 'chart':
      writeChart(pdf, block.chart)
      return
  }
}

interface TextStyle {
  readonly size: number
  readonly bold?: boolean
  readonly tone?: Tone
}

function text(pdf: Pdf, value: string, { size, bold = false, tone = 'plain' }: TextStyle): void {
  const style = pdf
    .font(bold ? 'bold' : 'plain')
    .fontSize(size)
    .fillColor(INKS[tone])
  style.text(printable(value), MARGIN, pdf.y, { width: inner(pdf) })
}

const FIGURES_A_ROW = 4

function writeFigures(pdf: Pdf, figures: readonly Figure[]): void {
  const width = inner(pdf) / FIGURES_A_ROW
  for (let first = 0; first < figures.length; first += FIGURES_A_ROW) {
    room(pdf, 52)
    const top = pdf.y + 4
    figures.slice(first, first + FIGURES_A_ROW).forEach(({ label, value, note, tone }, place) => {
      const x = MARGIN + place * width
      const options = { width: width - 8, lineBreak: false, ellipsis: true } as const
      pdf.font('plain').fontSize(8).fillColor(INKS.quiet).text(printable(label), x, top, options)
      pdf
        .font('bold')
        .fontSize(13)
        .fillColor(INKS[tone ?? 'plain'])
      pdf.text(printable(value), x, top + 11, options)
      pdf.font('plain').fontSize(7.5).fillColor(INKS.quiet)
      pdf.text(printable(note ?? ''), x, top + 29, { width: width - 8, height: 18, ellipsis: true })
    })
    pdf.y = top + 48
  }
}

const CELL_SIZE = 8
const CELL_GAP = 8

function writeTable(pdf: Pdf, { caption, columns, rows }: Table): void {
  if (caption !== undefined) text(pdf, caption, { size: 8.5, tone: 'quiet' })
  const widths = widthsOf(pdf, { columns, rows })
  const head = columns.map(({ title }): Cell => ({ text: title, tone: 'quiet' }))
  const write = (row: readonly Cell[], bold: boolean): void => {
    pdf.font(bold ? 'bold' : 'plain').fontSize(CELL_SIZE)
    const heights = row.map((one, i) => {
      return pdf.heightOfString(printable(one.text), { width: widths[i]! - CELL_GAP })
    })
    const height = Math.max(...heights, CELL_SIZE) + 5
    if (pdf.y + height > bottom(pdf)) {
      pdf.addPage()
      if (!bold) write(head, true)
      pdf.font(bold ? 'bold' : 'plain').fontSize(CELL_SIZE)
    }
    const top = pdf.y
    let x = MARGIN
    row.forEach((one, i) => {
      const width = widths[i]! - CELL_GAP
      pdf.fillColor(INKS[one.tone ?? 'plain'])
      pdf.text(printable(one.text), x, top + 2, { width, align: columns[i]?.align ?? 'left' })
      x += widths[i]!
    })
    pdf.y = top + height
    rule(pdf, pdf.y)
  }
  room(pdf, 60)
  write(head, true)
  for (const row of rows) write(row, false)
  pdf.moveDown(0.5)
}

/** Shares the width out by what the columns hold, within reason. */
function widthsOf(pdf: Pdf, { columns, rows }: Pick<Table, 'columns' | 'rows'>): number[] {
  pdf.font('bold').fontSize(CELL_SIZE)
  const wanted = columns.map(({ title }, i) => {
    const texts = [title, ...rows.slice(0, 200).map((row) => row[i]?.text ?? '')]
    const widest = Math.max(...texts.map((one) => pdf.widthOfString(printable(one).slice(0, 80))))
    return Math.min(widest, 240) + CELL_GAP
  })
  const all = wanted.reduce((sum, width) => sum + width, 0)
  return wanted.map((width) => (width * inner(pdf)) / all)
}

function writeChart(pdf: Pdf, chart: Chart): void {
  const { width, height, shapes } = drawingOf(chart)
  const scale = inner(pdf) / width
  room(pdf, height * scale + 30)
  text(pdf, chart.title, { size: 8.5, tone: 'quiet' })
  const top = pdf.y
  pdf.save().translate(MARGIN, top).scale(scale)
  for (const shape of shapes) writeShape(pdf, shape)
  pdf.restore()
  pdf.x = MARGIN
  pdf.y = top + height * scale + 6
}

const LABEL_SIZE = 11

function writeShape(pdf: Pdf, shape: Shape): void {
  const colour = INKS[shape.ink]
  switch (shape.kind) {
    case 'rect':
      pdf.rect(shape.x, shape.y, shape.width, shape.height).fill(colour)
      return
    case 'line': {
      shape.points.forEach(([x, y], i) => (i === 0 ? pdf.moveTo(x, y) : pdf.lineTo(x, y)))
      pdf.lineWidth(shape.ink === 'accent' ? 1.5 : 0.75)
      if (shape.dashed === true) pdf.dash(4, { space: 3 })
      pdf.stroke(colour).undash()
      return
    }
    case 'text': {
      pdf.font('plain').fontSize(LABEL_SIZE).fillColor(colour)
      const width = pdf.widthOfString(shape.text)
      const left = { start: 0, middle: width / 2, end: width }[shape.anchor]
      const { x, y } = shape
      pdf.text(printable(shape.text), x - left, y - LABEL_SIZE, { lineBreak: false })
      return
    }
  }
}

function numberPages(pdf: Pdf, title: string): void {
  const { start, count } = pdf.bufferedPageRange()
  for (let page = start; page < start + count; page += 1) {
    pdf.switchToPage(page)
    // Text below the margin would begin another page.
    pdf.page.margins.bottom = 0
    pdf.font('plain').fontSize(7.5).fillColor(INKS.quiet)
    const y = pdf.page.height - MARGIN + 16
    const options = { width: inner(pdf), lineBreak: false, ellipsis: true } as const
    pdf.text(printable(title), MARGIN, y, { ...options, width: inner(pdf) - 80 })
    pdf.text(`${page + 1} / ${count}`, MARGIN, y, { ...options, align: 'right' })
  }
}

function rule(pdf: Pdf, y: number): void {
  pdf.moveTo(MARGIN, y).lineTo(pdf.page.width - MARGIN, y)
  pdf.lineWidth(0.5).stroke(INKS.grid)
}

/** Begins another page where less than so much is left of this one. */
function room(pdf: Pdf, height: number): void {
  if (pdf.y + height > bottom(pdf)) pdf.addPage()
}

function bottom(pdf: Pdf): number {
  return pdf.page.height - MARGIN
}

function inner(pdf: Pdf): number {
  return pdf.page.width - 2 * MARGIN
}

/** Takes out what has no width and would break lines where none is meant. */
function printable(value: string): string {
  return value.replaceAll(/\p{Cc}+/gu, ' ')
}
