"""How the status page looks, beyond what all pages have in common."""

from __future__ import annotations

from imgur_sync.report.styling import STYLE

PAGE_STYLE = (
    STYLE
    + """\
:root { --good: #0b6e4f; --hold: #8a4b00; --box: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --good: #56d8a4; --hold: #ffb454; --box: #161b22; } }
header { border-bottom: 1px solid var(--rule); padding-bottom: .8rem; }
a { color: var(--mark); }
a:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .8rem 0 0; }
dt { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; }
code { background: var(--box); border: 1px solid var(--rule); border-radius: 3px; padding: .1rem .3rem; }
code { font-size: .9em; }
.alarm { border: 2px solid var(--hold); border-left-width: .6rem; padding: .6rem 1rem; margin: 1rem 0; }
.waits { list-style: none; padding: 0; }
.waits li { border-left: .3rem solid var(--rule); padding: .1rem 0 .1rem .8rem; margin: .6rem 0; }
.waits li.held { border-left-color: var(--hold); }
.waits p { margin: .15rem 0; }
.album { border: 1px solid var(--rule); border-radius: 6px; padding: .7rem 1rem; margin: .8rem 0; }
.album h3 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
.album h3 .faint { font-weight: 400; }
.state { font-weight: 600; }
.state.good { color: var(--good); }
.state.held { color: var(--hold); }
.state.busy { color: var(--mark); }
.tiles { list-style: none; padding: 0; margin: .6rem 0 0; display: flex; flex-wrap: wrap; gap: .4rem; }
.tiles li { width: 5.5rem; height: 5.5rem; }
.tiles a, .tiles span { display: block; width: 100%; height: 100%; border-radius: 4px; overflow: hidden; }
.tiles img { width: 100%; height: 100%; object-fit: cover; display: block; background: var(--box); font-size: .7rem; }
.tiles span { border: 1px dashed var(--rule); padding: .3rem; font-size: .7rem; color: var(--faint); }
.tiles span, .tiles img { overflow-wrap: anywhere; }
svg.bar { min-width: 6rem; height: .8rem; }
.bar .track { fill: var(--rule); }
.bar .fill { fill: var(--mark); }
td.meter { width: 30%; vertical-align: middle; }
td.n { white-space: nowrap; }
@media (min-width: 34rem) { tbody th { white-space: nowrap; } }
.log { list-style: none; padding: 0; font-size: .9rem; }
.log li { padding: .2rem 0; border-bottom: 1px solid var(--rule); }
.log time { color: var(--faint); font-variant-numeric: tabular-nums; margin-right: .6rem; white-space: nowrap; }
.log strong { color: var(--hold); }
@media (max-width: 34rem) {
  main { padding: 1rem .8rem 3rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .4rem; }
  .tiles li { width: calc(25% - .3rem); height: auto; aspect-ratio: 1; }
  td.meter, th.meter { display: none; }
}
"""
)
"""The style sheet, whole: it loads nothing."""

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0b5cad"/>'
    '<path d="M3 12l3-4 2 2 3-5 2 7z" fill="#fff"/></svg>'
)
"""What a browser shows beside the title."""
