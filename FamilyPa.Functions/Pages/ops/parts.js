// Elements that all views share. They set text as text, never as HTML.

import { tone } from './words.js';

/** @param children nodes or texts; null and undefined are skipped */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

export const badge = status => element('span', { className: `badge ${tone(status)}` }, status ?? '–');

export const messageLink = sid => element('a', { href: `/ops/message?sid=${encodeURIComponent(sid)}`, className: 'sid' }, sid);

/**
 * @param columns [heading, value of a row (text or node), 'number'?]
 * @param none the text for an empty table
 */
export function table(columns, rows, none) {
  if (rows.length === 0) return element('p', { className: 'none' }, none);
  const head = element('tr', {}, ...columns.map(([heading, , kind]) => element('th', { scope: 'col', className: kind ?? '' }, heading)));
  const body = element('tbody', {}, ...rows.map(row => line(columns, row)));
  return element('div', { className: 'scroller', tabIndex: 0, role: 'region', ariaLabel: columns.map(([heading]) => heading).join(', ') },
    element('table', {}, element('thead', {}, head), body));
}

export const line = (columns, row) =>
  element('tr', {}, ...columns.map(([, value, kind]) => element('td', { className: kind ?? '' }, value(row) ?? '–')));

/** A table of names and numbers, the largest first. */
export const tally = (counts, heading, none) =>
  table([[heading, ([name]) => name], ['', ([, number]) => number.toLocaleString(), 'number']],
    Object.entries(counts ?? {}).sort((a, b) => b[1] - a[1]), none);
