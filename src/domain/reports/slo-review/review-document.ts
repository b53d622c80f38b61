/** Writes a review in the form that is asked for. */
import { htmlOf, type HtmlTheme } from '../../../machinery/documents/html.ts'
import { markdownOf } from '../../../machinery/documents/markdown.ts'
import { pdfOf } from '../../../machinery/documents/pdf.ts'
import type { SloReview } from './review.ts'
import { reviewCsv, reviewDaysCsv } from './review-csv.ts'
import { reviewReport } from './review-report.ts'
import { dayIso } from './review-span.ts'

export const REVIEW_FORMATS = ['html', 'markdown', 'pdf', 'csv', 'csv-days', 'json'] as const
export type ReviewFormat = (typeof REVIEW_FORMATS)[number]

export interface ReviewDocument {
  readonly type: string
  readonly fileName: string
  readonly content: string | Uint8Array<ArrayBuffer>
}

export async function reviewDocument(
  review: SloReview,
  format: ReviewFormat,
  theme: HtmlTheme = 'auto',
): Promise<ReviewDocument> {
  const name = fileNameOf(review)
  switch (format) {
    case 'html':
      return {
        type: 'text/html; charset=utf-8',
        fileName: `${name}.html`,
        content: htmlOf(reviewReport(review), theme),
      }
    case 'markdown':
      return {
        type: 'text/markdown; charset=utf-8',
        fileName: `${name}.md`,
        content: markdownOf(reviewReport(review)),
      }
    case 'pdf':
      return {
        type: 'application/pdf',
        fileName: `${name}.pdf`,
        content: await pdfOf(reviewReport(review)),
      }
    case 'csv':
      return { ...CSV, fileName: `${name}.csv`, content: reviewCsv(review) }
    case 'csv-days':
      return { ...CSV, fileName: `${name}-days.csv`, content: reviewDaysCsv(review) }
    case 'json':
      return {
        type: 'application/json',
        fileName: `${name}.json`,
        content: JSON.stringify(review),
      }
  }
}

const CSV = { type: 'text/csv; charset=utf-8; header=present' } as const

/** Worked: `slo-review-acme-month-2026-10-01`. */
function fileNameOf({ scope, span, zone, fromMs }: SloReview): string {
  const whom = scope.kind === 'tenant' ? scope.tenantId : scope.kind === 'tier' ? scope.tier : 'all'
  return `slo-review-${whom}-${span}-${dayIso(zone, fromMs)}`
}
