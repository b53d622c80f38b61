/**
 * Writes a report as one HTML file that needs nothing else and runs nothing: styles and charts are
 * in it. It is light or dark as its reader's system is, or as asked, and prints on paper.
 */
import { chartSvg } from './chart-svg.ts'
import { escapeMarkup } from './escape-markup.ts'
import { htmlStyles } from './html-styles.ts'
import type { Block, Cell, Figure, Report, Table, Tone } from './report.ts'

export type HtmlTheme = 'auto' | 'light' | 'dark'

/** What the file may do, as a Content-Security-Policy: nothing but show itself. */
export const HTML_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

export function htmlOf(report: Report, theme: HtmlTheme = 'auto'): string {
  const title = escapeMarkup(report.title)
  const made = new Date(report.madeAtMs).toISOString()
  return `<!doctype html>
<html lang="en" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${htmlStyles}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
${report.subtitle.map((line) => `<p class="sub">${escapeMarkup(line)}</p>`).join('\n')}
</header>
${report.blocks.map(blockHtml).join('\n')}
<footer>
${report.notes.map((note) => `<p>${escapeMarkup(note)}</p>`).join('\n')}
<p>Made <time datetime="${made}">${made.slice(0, 16).replace('T', ' ')} UTC</time></p>
</footer>
</main>
</body>
</html>
`
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escapeMarkup(block.text)}</h${block.level}>`
    case 'paragraph':
      return `<p${toneClass(block.tone)}>${escapeMarkup(block.text)}</p>`
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escapeMarkup(item)}</li>`).join('')}</ul>`
    case 'figures':
      return `<dl class="figures">${block.figures.map(figureHtml).join('')}</dl>`
    case 'table':
      return tableHtml(block.table)
    case 'chart':
      return `<figure><figcaption>${escapeMarkup(block.chart.title)}</figcaption>${chartSvg(block.chart)}</figure>`
  }
}

function figureHtml({ label, value, note, tone }: Figure): string {
  const below = note === undefined ? '' : `<dd class="note">${escapeMarkup(note)}</dd>`
  return `<div><dt>${escapeMarkup(label)}</dt><dd${toneClass(tone)}>${escapeMarkup(value)}</dd>${below}</div>`
}

function tableHtml({ caption, columns, rows }: Table): string {
  const head = columns
    .map(({ title, align }) => `<th scope="col"${alignClass(align)}>${escapeMarkup(title)}</th>`)
    .join('')
  const body = rows
    .map((row) => `<tr>${row.map((one, i) => cellHtml(one, columns[i]?.align)).join('')}</tr>`)
    .join('\n')
  const above = caption === undefined ? '' : `<caption>${escapeMarkup(caption)}</caption>`
  return `<div class="scroll" tabindex="0"><table>${above}<thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div>`
}

function cellHtml({ text, tone }: Cell, align: 'left' | 'right' | undefined): string {
  const classes = [align === 'right' ? 'right' : '', tone ?? ''].filter((name) => name !== '')
  const named = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`
  return `<td${named}>${escapeMarkup(text)}</td>`
}

function alignClass(align: 'left' | 'right' | undefined): string {
  return align === 'right' ? ' class="right"' : ''
}

function toneClass(tone: Tone | undefined): string {
  return tone === undefined || tone === 'plain' ? '' : ` class="${tone}"`
}
