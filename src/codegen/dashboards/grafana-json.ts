/**
 * Writes a board as Grafana's JSON, by way of its own types. Panels flow from left to right in rows
 * of 24 columns. No data source is named: a variable picks one, so that the file can be imported
 * anywhere.
 */
import { BigValueColorMode, BigValueGraphMode } from '@grafana/grafana-foundation-sdk/common'
import {
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
  GraphThresholdsStyleConfigBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  MappingType,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
  type Dashboard,
  type DynamicConfigValue,
  type GridPos,
  type Panel as GrafanaPanel,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as StatesBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { publishedJson } from './published-json.ts'
import { assertNever } from '../../core/assert.ts'
import { GENERATED } from '../artefact.ts'
import type {
  Annotation,
  Board,
  Color,
  Lines,
  Panel,
  Query,
  Stat,
  States,
  Table,
  Threshold,
  Variable,
} from './board.ts'
import { BOARDS, type BoardUid } from './board-uids.ts'

const COLUMNS = 24
const PANEL_HEIGHT = 8
/** The variable of the data source, and what stands for it in queries. */
const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' }
const SCHEMA_VERSION = 41

/** Turns a board into what Grafana imports. Shape: plain JSON; keys in the order of the types. */
export function grafanaDashboard(board: Board): Dashboard {
  const builder = new DashboardBuilder(board.title)
    .uid(board.uid)
    .description(`${board.description} ${GENERATED}`)
    .tags(['tenantry'])
    .timezone('browser')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(
      new DatasourceVariableBuilder('datasource')
        .type('prometheus')
        .label('Data source')
        .description('A Prometheus that scrapes Tenantry'),
    )
  for (const variable of board.variables) builder.withVariable(variableOf(variable))
  for (const annotation of board.annotations) builder.annotation(annotationOf(annotation))
  for (const uid of board.links) builder.link(linkTo(uid))
  let y = 0
  let id = 1
  for (const row of board.rows) {
    builder.withRow(new RowBuilder(row.title).id(id).gridPos({ x: 0, y, w: COLUMNS, h: 1 }))
    y += 1
    id += 1
    const { places, height } = flow(row.panels, y)
    row.panels.forEach((panel, i) => {
      const built = panelOf(panel, { id, place: places[i]! })
      builder.withPanel({ build: () => built })
      id += 1
    })
    y += height
  }
  return publishedJson({ ...builder.build(), schemaVersion: SCHEMA_VERSION })
}

/** Places panels from left to right; a line is as high as its highest panel. */
function flow(
  panels: readonly Panel[],
  fromY: number,
): { readonly places: readonly GridPos[]; readonly height: number } {
  const places: GridPos[] = []
  let [x, y, lineHeight] = [0, fromY, 0]
  for (const { width, height = PANEL_HEIGHT } of panels) {
    if (x + width > COLUMNS) {
      y += lineHeight
      x = 0
      lineHeight = 0
    }
    places.push({ x, y, w: width, h: height })
    x += width
    lineHeight = Math.max(lineHeight, height)
  }
  return { places, height: y + lineHeight - fromY }
}

function variableOf({ name, label, description, series, valuesOf, many }: Variable) {
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATA_SOURCE)
    .query({ query: `label_values(${series}, ${valuesOf})`, refId: name })
    .definition(`label_values(${series}, ${valuesOf})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(many)
    .includeAll(many)
  return many ? builder.allValue('.*').current({ text: 'All', value: '$__all' }) : builder
}

function annotationOf({ name, color, expr, title, text, valueIsTime }: Annotation) {
  const builder = new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .titleFormat(title)
    .textFormat(text)
    .step('60s')
  return valueIsTime === true ? builder.useValueForTime(true) : builder
}

function linkTo(uid: BoardUid): DashboardLinkBuilder {
  return new DashboardLinkBuilder(BOARDS[uid])
    .type(DashboardLinkType.Link)
    .url(`/d/${uid}`)
    .keepTime(true)
    .includeVars(true)
}

interface Placed {
  readonly id: number
  readonly place: GridPos
}

function panelOf(panel: Panel, placed: Placed): GrafanaPanel {
  switch (panel.kind) {
    case 'stat':
      return common(statOf(panel), panel, placed).build()
    case 'lines':
      return common(linesOf(panel), panel, placed).build()
    case 'table':
      return common(tableOf(panel), panel, placed).build()
    case 'states':
      return common(statesOf(panel), panel, placed).build()
    default:
      return assertNever(panel, 'panel')
  }
}

type Builder = StatBuilder | LinesBuilder | TableBuilder | StatesBuilder

/** What all panels have. */
function common(builder: Builder, panel: Panel, { id, place }: Placed): Builder {
  const { title, description, unit, decimals, min, max, thresholds } = panel
  builder
    .id(id)
    .title(title)
    .description(description)
    .datasource(DATA_SOURCE)
    .gridPos(place)
    .unit(unit)
    .thresholds(thresholdsOf(thresholds ?? [{ from: null, color: 'text' }]))
  if (decimals !== undefined) builder.decimals(decimals)
  if (min !== undefined) builder.min(min)
  if (max !== undefined) builder.max(max)
  return builder
}

function statOf({ queries, noValue, mappings }: Stat): StatBuilder {
  const builder = new StatBuilder()
    .graphMode(BigValueGraphMode.Area)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .targets(targetsOf(queries))
  if (noValue !== undefined) builder.noValue(noValue)
  return mappings === undefined ? builder : builder.mappings([mappingOf(mappings)])
}

function linesOf({ queries, stacked, log, thresholds }: Lines): LinesBuilder {
  const builder = new LinesBuilder()
    .targets(targetsOf(queries))
    .lineWidth(1)
    .fillOpacity(stacked === true ? 40 : 8)
    .showPoints(VisibilityMode.Never)
    .spanNulls(false)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    )
  if (stacked === true) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal))
  if (log === true) {
    builder.scaleDistribution(
      new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10),
    )
  }
  if (thresholds === undefined) return builder
  return builder.thresholdsStyle(
    new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed),
  )
}

function statesOf({ queries, mappings }: States): StatesBuilder {
  return new StatesBuilder()
    .targets(targetsOf(queries))
    .mappings([mappingOf(mappings)])
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.8)
}

function tableOf({ columns, by, labels, sortBy, descending }: Table): TableBuilder {
  const renamed: Record<string, string> = {}
  const order: Record<string, number> = {}
  by.forEach((label, i) => {
    renamed[label] = labels[label]?.title ?? label
    order[label] = i
  })
  columns.forEach(({ title }, i) => {
    const field = columns.length === 1 ? 'Value' : `Value #${refId(i)}`
    renamed[field] = title
    order[field] = by.length + i
  })
  const builder = new TableBuilder()
    .targets(
      columns.map(({ expr }, i) =>
        new DataqueryBuilder()
          .refId(refId(i))
          .datasource(DATA_SOURCE)
          .expr(expr)
          .instant()
          .format(PromQueryFormat.Table)
          .legendFormat('__auto'),
      ),
    )
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: { excludeByName: { Time: true }, indexByName: order, renameByName: renamed },
    })
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortBy).desc(descending)])
  for (const { title, unit, decimals, thresholds } of columns) {
    const properties: DynamicConfigValue[] = [{ id: 'unit', value: unit }]
    if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals })
    if (thresholds !== undefined) {
      properties.push({ id: 'thresholds', value: thresholdsOf(thresholds).build() })
      properties.push({ id: 'custom.cellOptions', value: { type: 'color-text' } })
    }
    builder.overrideByName(title, properties)
  }
  for (const label of by) {
    const { title, to } = labels[label] ?? { title: label }
    if (to === undefined) continue
    const url = `/d/${to}?var-${label}=\${__value.raw}&\${datasource:queryparam}&\${__url_time_range}`
    const link = { title: `Open ${BOARDS[to]}`, url, targetBlank: false }
    builder.overrideByName(title, [{ id: 'links', value: [link] }])
  }
  return builder
}

function targetsOf(queries: readonly Query[]): DataqueryBuilder[] {
  return queries.map(({ expr, legend }, i) =>
    new DataqueryBuilder()
      .refId(refId(i))
      .datasource(DATA_SOURCE)
      .expr(expr)
      .range()
      .legendFormat(legend),
  )
}

/** A, B, C: a panel has fewer queries than there are letters. */
function refId(i: number): string {
  return String.fromCodePoint('A'.codePointAt(0)! + i)
}

function thresholdsOf(thresholds: readonly Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(thresholds.map(({ from, color }) => ({ value: from, color })))
}

function mappingOf(
  mappings: Readonly<Record<string, { readonly text: string; readonly color: Color }>>,
): ValueMapping {
  const options = Object.entries(mappings).map(([value, { text, color }], index) => {
    return [value, { text, color, index }] as const
  })
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) }
}
