/** Styles of the report page: light and dark, narrow and wide, printable. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a2330; --soft: #5b6778; --line: #dde3ea; --card: #fff; --ground: #f5f7fa; --mark: #1f6feb; --warn: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --soft: #9aa7b8; --line: #2b3542; --card: #161d27; --ground: #0e141c; --mark: #5aa2ff; --warn: #ff8a7a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 1160px; margin: 0 auto; padding: 24px; }
header { padding-bottom: 0; }
h1 { margin: 0; font-size: 28px; } h2 { margin: 0; font-size: 20px; } h3 { margin: 24px 0 8px; font-size: 15px; }
p { margin: 4px 0 16px; color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 12px; }
.tile, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 14px 16px; } .tile b { display: block; font-size: 24px; } .tile span { color: var(--soft); font-size: 13px; }
section { padding: 20px; margin-bottom: 16px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: 8px 12px 8px 0; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; }
th button { all: unset; cursor: pointer; color: var(--soft); font-size: 13px; font-weight: 600; }
th button:focus-visible { outline: 2px solid var(--mark); outline-offset: 3px; }
th[aria-sort=ascending] button::after { content: ' ▲'; } th[aria-sort=descending] button::after { content: ' ▼'; }
td small { display: block; color: var(--soft); font-size: 12px; overflow-wrap: anywhere; }
code { font: 12.5px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
td strong { color: var(--warn); }
.bar { display: block; min-width: 140px; padding: 0 6px; border-radius: 4px; background: linear-gradient(90deg, color-mix(in srgb, var(--mark) 30%, transparent) var(--share), transparent 0); }
ul { margin: 6px 0 0; padding-left: 18px; } summary { cursor: pointer; }
@media print { body { background: none; } details { display: none; } }
`;

/** Script of the report page: a click on a column heading sorts by it. */
export const SCRIPT = `
for (const button of document.querySelectorAll('th button')) button.addEventListener('click', () => {
  const head = button.parentElement, body = head.closest('table').tBodies[0], at = head.cellIndex;
  const up = head.getAttribute('aria-sort') !== 'ascending';
  for (const other of head.parentElement.children) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
  const text = (row) => row.cells[at].innerText.trim();
  const order = (a, b) => text(a).localeCompare(text(b), 'en', { numeric: true });
  body.append(...[...body.rows].sort((a, b) => (up ? order(a, b) : order(b, a))));
});
`;
