/** `tenantry slo policy` and `tenantry slo review`: what becomes of budgets that are used up. */
import type { Command } from 'commander'
import { isoTime } from '../../../core/time.ts'
import type { BudgetReview, PolicyState, PolicyTransition } from '../../../domain/slo/slo.ts'
import { clientOf, withClientOptions, type ClientOptions } from '../command.ts'
import { openOutput, renderTable } from '../output.ts'

interface HistoryOptions extends ClientOptions {
  readonly limit?: string
}

interface ReviewOptions extends ClientOptions {
  readonly all?: boolean
}

interface CloseOptions extends ClientOptions {
  readonly note: string
}

interface PolicyAnswer {
  readonly policies: readonly {
    readonly policyId: string
    readonly isDefault: boolean
    readonly steps: readonly { readonly stepId: string; readonly actions: readonly string[] }[]
  }[]
  readonly states: readonly PolicyState[]
  readonly frozenTenants: number
}

export function registerPolicy(slo: Command): void {
  const policy = slo.command('policy').description('budget policies, and what they came to')
  withClientOptions(policy.command('status [tenant]', { isDefault: true }))
    .description('tells which steps of budget policies hold, for one tenant or for all')
    .addHelpText('after', '\nExamples:\n  tenantry slo policy\n  tenantry slo policy status acme')
    .action(async (tenant: string | undefined, options: ClientOptions) => {
      const output = openOutput(options.json === true)
      const path = `/api/v1/slo/policy${queryOf({ tenantId: tenant })}`
      const answer = await clientOf(options).get<PolicyAnswer>(path)
      const rows = answer.states.map((state) => [
        state.tenantId,
        state.sloId,
        `${state.policyId}/${state.stepId}`,
        isoTime(state.enteredAtMs),
        percent(state.budgetLeftRatio),
        percent(state.leaveLeftRatio),
        state.actions.join(', '),
      ])
      const head = ['TENANT', 'SLO', 'STEP', 'SINCE', 'BUDGET LEFT', 'LEAVES AT', 'ACTIONS']
      output.line(renderTable(head, rows))
      const names = answer.policies.map(({ policyId, isDefault }) =>
        isDefault ? `${policyId} (default)` : policyId,
      )
      output.line(`policies: ${names.join(', ')}`)
      output.value(answer)
    })
  withClientOptions(policy.command('history [tenant]'))
    .description('lists the steps that were entered or left, newest first')
    .option('--limit <N>', 'how many (default 50)')
    .addHelpText('after', '\nExample:\n  tenantry slo policy history acme --limit 20')
    .action(async (tenant: string | undefined, options: HistoryOptions) => {
      const output = openOutput(options.json === true)
      const query = queryOf({ tenantId: tenant, limit: options.limit })
      const list = await clientOf(options).get<{ items: PolicyTransition[] }>(
        `/api/v1/slo/policy/history${query}`,
      )
      const rows = list.items.map((each) => [
        isoTime(each.atMs),
        each.tenantId,
        each.sloId,
        `${each.policyId}/${each.stepId}`,
        each.kind,
        each.cause,
        percent(each.leftRatio),
        each.total === null ? '-' : `${each.bad ?? 0} of ${each.total}`,
      ])
      const head = ['AT', 'TENANT', 'SLO', 'STEP', 'TURNED', 'BY', 'BUDGET LEFT', 'BAD']
      output.line(renderTable(head, rows))
      output.value(list)
    })
}

export function registerReviews(slo: Command): void {
  const review = slo.command('review').description('budget reviews, which budget policies ask for')
  withClientOptions(review.command('list [tenant]'))
    .description('lists the open budget reviews')
    .option('--all', 'the closed ones as well')
    .addHelpText('after', '\nExample:\n  tenantry slo review list acme --all')
    .action(async (tenant: string | undefined, options: ReviewOptions) => {
      const output = openOutput(options.json === true)
      const state = options.all === true ? 'all' : undefined
      const list = await clientOf(options).get<{ items: BudgetReview[] }>(
        `/api/v1/slo/reviews${queryOf({ tenantId: tenant, state })}`,
      )
      const rows = list.items.map((each) => [
        each.reviewId,
        each.tenantId,
        each.sloId,
        isoTime(each.openedAtMs),
        `${each.bad} of ${each.total}`,
        percent(each.leftRatio),
        each.closedAtMs === null ? 'open' : `closed: ${each.note ?? ''}`,
      ])
      const head = ['REVIEW', 'TENANT', 'SLO', 'OPENED', 'BAD', 'BUDGET LEFT', 'STATE']
      output.line(renderTable(head, rows))
      output.value(list)
    })
  withClientOptions(review.command('close <review>'))
    .description('closes a budget review with what came of it')
    .requiredOption('--note <TEXT>', 'what came of it')
    .addHelpText('after', '\nExample:\n  tenantry slo review close rev_… --note "retries bounded"')
    .action(async (reviewId: string, options: CloseOptions) => {
      const path = `/api/v1/slo/reviews/${encodeURIComponent(reviewId)}/close`
      const closed = await clientOf(options).post<BudgetReview>(path, { note: options.note })
      const output = openOutput(options.json === true)
      output.line(`${reviewId}: closed`)
      output.value(closed)
    })
}

function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined
  })
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

function percent(ratio: number | null): string {
  return ratio === null ? '-' : `${Number((ratio * 100).toFixed(3))} %`
}
