import { type Html, html } from '../html.ts';

/** One style for all pages: light and dark by the reader's system, readable in print, nothing loaded from anywhere. */
export const STYLE: Html = html`
:root { color-scheme: light dark; --ink: #1d2430; --soft: #566073; --paper: #ffffff; --line: #d5dae3; --bar: #2f6fde; --good: #14713c; --bad: #b3261e; --open: #7a5600; --shade: #f3f5f9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #a3adbf; --paper: #14181f; --line: #333b48; --bar: #6ea3ff; --good: #67d391; --bad: #ff9a92; --open: #f0c465; --shade: #1c222c; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, "Noto Sans KR", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; } h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p { margin: .4rem 0; } .soft { color: var(--soft); } a { color: var(--bar); } a:focus-visible, summary:focus-visible { outline: 3px solid var(--bar); outline-offset: 2px; }
.facts { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; padding: 0; list-style: none; } .facts li { background: var(--shade); border-radius: .5rem; padding: .6rem 1rem; } .facts b { display: block; font-size: 1.35rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; } th { font-weight: 600; } thead th { overflow-wrap: normal; } tbody th { min-width: 9rem; } td:not(.n) { min-width: 5rem; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.passed { color: var(--good); } .failed { color: var(--bad); } .undecided { color: var(--open); } .mark { font-weight: 700; white-space: nowrap; }
.share { background: var(--shade); border-radius: .3rem; height: .7rem; min-width: 6rem; overflow: hidden; } .share i { display: block; height: 100%; background: var(--bar); }
.chart { display: grid; grid-template-columns: repeat(10, 1fr); gap: .35rem; align-items: end; height: 11rem; margin: .5rem 0 0; padding: 0; list-style: none; } .chart li { display: flex; flex-direction: column; justify-content: flex-end; height: 100%; text-align: center; font-size: .8rem; } .chart i { display: block; background: var(--bar); border-radius: .25rem .25rem 0 0; min-height: 1px; } .chart span { color: var(--soft); }
code, pre { font-family: ui-monospace, monospace; font-size: .92em; } dl { margin: .2rem 0 0; display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
blockquote { margin: .8rem 0; padding: .5rem 1rem; border-left: 4px solid var(--bar); background: var(--shade); } footer { margin-top: 3rem; color: var(--soft); font-size: .9rem; }
.find { margin: 0 0 .5rem; } .find input { font: inherit; width: min(18rem, 60vw); padding: .25rem .5rem; color: inherit; background: var(--shade); border: 1px solid var(--line); border-radius: .3rem; } [hidden] { display: none; }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-align: inherit; } th button::after { content: " ↕"; color: var(--soft); font-weight: 400; } th[aria-sort="ascending"] button::after { content: " ↑"; } th[aria-sort="descending"] button::after { content: " ↓"; } button:focus-visible, input:focus-visible { outline: 3px solid var(--bar); outline-offset: 2px; }
@media (max-width: 36rem) { .sorts .bar { display: none; } .sorts tbody th { min-width: 5.5rem; } .sorts td:not(.n):not(.bar) { min-width: 9.5rem; } .chart span { min-height: 2.4em; line-height: 1.2; } dl { grid-template-columns: 1fr; gap: 0; } dt { margin-top: .3rem; } .stack thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; } .stack tr { display: grid; grid-template-columns: max-content 1fr max-content; gap: 0 .8rem; padding: .5rem 0; border-bottom: 1px solid var(--line); } .stack td { border: 0; padding: 0; } .stack td:not(.n) { min-width: 0; } .stack td:last-child { grid-column: 1 / -1; } }
@media print { .find { display: none; } th button::after { content: none; } body { max-width: none; } a { color: inherit; text-decoration: none; } }
`;
