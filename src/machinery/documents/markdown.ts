/** Writes a report as Markdown (GitHub's flavour): what stands in a chart is a table of its values,
 *  where it has few of them, and its description otherwise. */
import type { Block, Cell, Figure, Report, Table } from './report.ts'
import type { Chart } from './chart.ts'

const CHART_ROWS = 14

export function markdownOf(report: Report): string {
  const made = new Date(report.madeAtMs).toISOString().slice(0, 16).replace('T', ' ')
  return [
    `# ${inline(report.title)}`,
    report.subtitle.map(inline).join('  \n'),
    ...report.blocks.map(blockText),
    '---',
    ...report.notes.map(inline),
    `Made ${made} UTC`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${inline(block.text)}`
    case 'paragraph':
      return inline(block.text)
    case 'list':
      return block.items.map((item) => `- ${inline(item)}`).join('\n')
    case 'figures':
      return block.figures.map(figureText).join('\n')
    case 'table':
      return tableText(block.table)
    case 'chart':
      return chartText(block.chart)
  }
}

function figureText({ label, value, note }: Figure): string {
  return `- ${inline(label)}: **${inline(value)}**${note === undefined ? '' : ` (${inline(note)})`}`
}

function tableText({ caption, columns, rows }: Table): string {
  const head = columns.map(({ title }) => ({ text: title }))
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'))
  const lines = [rowText(head), `| ${rule.join(' | ')} |`, ...rows.map(rowText)]
  return [...(caption === undefined ? [] : [inline(caption), '']), ...lines].join('\n')
}

function chartText({ title, description, columns, format }: Chart): string {
  const told = columns.filter(({ value }) => value !== null)
  if (told.length > CHART_ROWS) return `*${inline(title)}*: ${inline(description)}`
  return tableText({
    columns: [{ title }, { title: '', align: 'right' }],
    rows: told.map(({ label, value }) => [{ text: label }, { text: format(value!) }]),
  })
}

function rowText(row: readonly Pick<Cell, 'text'>[]): string {
  return `| ${row.map(({ text }) => inline(text)).join(' | ')} |`
}

/** Writes a text so that Markdown shows it as it is, on one line. */
function inline(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#~]/g, String.raw`\$&`)
}
