"""How the page of a plan looks: light or dark as the reader has it, readable without telling colours apart."""

from __future__ import annotations

STYLE = """\
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #57606a; --rule: #d0d7de; --mark: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --faint: #9aa5b1; --rule: #3a424c; --mark: #6cb6ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
.lead { font-size: 1.1rem; font-weight: 600; }
.gates { border: 2px solid var(--ink); border-left-width: .6rem; padding: .2rem 1rem .6rem; margin: 1rem 0; }
.gates h2 { margin-top: .6rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--faint); padding: .2rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--rule); }
td.n, th.n { text-align: right; }
td { overflow-wrap: anywhere; }
code, li, tbody th { overflow-wrap: anywhere; }
ul { padding-left: 1.2rem; margin: .3rem 0; }
details { border-bottom: 1px solid var(--rule); padding: .3rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
figure { margin: 0; }
svg { width: 100%; min-width: 32rem; height: auto; display: block; }
svg text { fill: var(--ink); font-size: 12px; }
.grid { stroke: var(--rule); }
.line { fill: none; stroke: var(--mark); stroke-width: 2.5; stroke-linejoin: round; }
.area { fill: var(--mark); fill-opacity: .15; }
.track { fill: var(--rule); }
.part { fill: var(--mark); }
.run { fill: none; stroke: var(--mark); stroke-width: 2; }
.tiles { list-style: none; padding: 0; margin: .6rem 0; display: flex; flex-wrap: wrap; gap: .4rem; }
.tiles img { width: 5.5rem; height: 5.5rem; object-fit: cover; display: block; font-size: .7rem; }
.faint { color: var(--faint); }
@media print { details { break-inside: avoid; } }
"""
"""The style of the page, whole: nothing is loaded."""
