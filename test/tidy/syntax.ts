/** Walking a syntax tree whose node types the rules need not know all of. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export interface Place {
  readonly node: Node
  readonly parent: Node | null
  /** The field of the parent that holds the node, alone or in a list. */
  readonly field: string
}

/** Visits a node and everything below it, parents first, in the order of the text. */
export function* descend(root: Node): Generator<Place, void, undefined> {
  const ahead: Place[] = [{ node: root, parent: null, field: '' }]
  for (let place = ahead.pop(); place !== undefined; place = ahead.pop()) {
    yield place
    ahead.push(...childrenOf(place.node).toReversed())
  }
}

function childrenOf(node: Node): Place[] {
  const children: Place[] = []
  for (const field in node) {
    const value = node[field]
    if (typeof value !== 'object' || value === null) continue
    for (const child of Array.isArray(value) ? (value as unknown[]) : [value])
      if (isNode(child)) children.push({ node: child, parent: node, field })
  }
  return children
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

/** Tells the name of an identifier, or undefined for any other node. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined
  return node.type === 'Identifier' ? (node['name'] as string) : undefined
}

/** Tells the text of a string literal or of a template literal's fixed parts, or undefined. */
export function stringOf(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value']
  if (node.type !== 'TemplateLiteral') return undefined
  const quasis = node['quasis'] as { readonly value: { readonly raw: string } }[]
  return quasis.map(({ value }) => value.raw).join('…')
}
