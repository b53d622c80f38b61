/** The styles that stand in every HTML report: one column that fits a phone, a screen and A4. */
const light = `
  --ground: #ffffff; --ink: #1a1d21; --quiet: #5c6570; --line: #d9dee4; --soft: #f4f6f8;
  --accent: #2a5bd7; --good: #1a7f4b; --poor: #9a5b00; --bad: #c0252d; --shade: #e9e3f5;`
const dark = `
  --ground: #14171b; --ink: #e8ebee; --quiet: #9aa4af; --line: #333a42; --soft: #1d2126;
  --accent: #86a8ff; --good: #5cc98f; --poor: #e0a44c; --bad: #ff7b7f; --shade: #352e48;`

export const htmlStyles = `
:root { color-scheme: light;${light} }
@media (prefers-color-scheme: dark) { :root[data-theme='auto'] { color-scheme: dark;${dark} } }
:root[data-theme='dark'] { color-scheme: dark;${dark} }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.25rem 0 .5rem; padding-top: .75rem;
  border-top: 1px solid var(--line); overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; overflow-wrap: anywhere; }
.sub, .quiet, .note { color: var(--quiet); }
.sub { margin: 0; }
.good { color: var(--good); } .poor { color: var(--poor); } .bad { color: var(--bad); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
  gap: .75rem; margin: 1rem 0; }
.figures > div { background: var(--soft); border-radius: 8px; padding: .75rem 1rem; }
.figures dt { color: var(--quiet); font-size: .85rem; }
.figures dd { margin: 0; font-size: 1.35rem; font-weight: 600;
  font-variant-numeric: tabular-nums; }
.figures dd.note { font-size: .8rem; font-weight: 400; }
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem;
  font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--quiet); padding-bottom: .25rem; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 500; white-space: nowrap; }
.right { text-align: right; }
td.right { white-space: nowrap; }
figure { margin: 1rem 0; }
figcaption { color: var(--quiet); font-size: .9rem; }
svg { display: block; width: 100%; height: auto; font-size: 11px; }
ul { padding-left: 1.25rem; margin: .5rem 0; }
footer { margin-top: 3rem; color: var(--quiet); font-size: .85rem;
  border-top: 1px solid var(--line); padding-top: .75rem; }
.fill-accent { fill: var(--accent); } .fill-good { fill: var(--good); }
.fill-poor { fill: var(--poor); } .fill-bad { fill: var(--bad); }
.fill-quiet { fill: var(--quiet); } .fill-shade { fill: var(--shade); }
polyline { fill: none; stroke-width: 1.5; }
.stroke-axis { stroke: var(--quiet); stroke-width: 1; }
.stroke-grid { stroke: var(--line); stroke-width: 1; }
.stroke-reference { stroke: var(--bad); stroke-width: 1; }
.stroke-accent { stroke: var(--accent); }
.text-label { fill: var(--quiet); } .text-reference { fill: var(--bad); }
@media print { main { max-width: none; padding: 0; } h2, h3, figure, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; } }
`
