/** Which part of `src` a file belongs to: `core`, `machinery/wire`, `domain/slo`, `edges/http`, `codegen`, or `top` for the files at its top. */
export function areaOf(path: string): string | null {
  const [root, layer, folder, ...rest] = path.split('/')
  if (root !== 'src' || layer === undefined) return null
  if (folder === undefined) return 'top'
  if (layer === 'core' || layer === 'codegen') return layer
  return rest.length === 0 ? layer : `${layer}/${folder}`
}

/** Tells the door of a domain folder. Worked: 'domain/slo' -> 'src/domain/slo/slo.ts'. */
export function doorOf(area: string): string {
  return `src/${area}/${area.slice(area.indexOf('/') + 1)}.ts`
}

/** Tells whether a file keeps rows: `store.ts` or `<noun>-store.ts`. */
export function isStore(path: string): boolean {
  return /(^|\/|-)store\.ts$/.test(path)
}
