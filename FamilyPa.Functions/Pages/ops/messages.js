// Searches messages. The URL contains the filter so that operators can share it, but not the phone number.

import { part, say, stamp } from '../shared/dom.js';
import { get } from './api.js';
import { badge, line, messageLink, table } from './parts.js';
import { replay } from './replay.js';
import { dollars, duration, shortMoment } from './words.js';

const STATUSES = ['received', 'downloading', 'transcribing', 'extracting', 'finalizing', 'deferred', 'throttled', 'done', 'rejected', 'failed', 'unmatched'];
const TIMES = ['since', 'until'];
const PAGE = 50;

const COLUMNS = [
  ['Received', row => shortMoment(row.received_at)],
  ['Message', row => messageLink(row.message_sid)],
  ['Status', row => badge(row.status)],
  ['Reason or error', row => row.error_code ?? row.status_reason],
  ['Phase', row => row.phase],
  ['From', row => row.phone],
  ['Took', row => duration(row.latency_ms), 'number'],
  ['Cost', row => dollars(row.cost_usd), 'number'],
];

export function messages(root, query) {
  const view = stamp('messages');
  const form = part(view, 'filters');
  const more = part(view, 'more');
  form.elements.status.append(...STATUSES.map(status => new Option(status)));
  for (const field of form.elements)
    if (field.name && query.has(field.name)) field.value = TIMES.includes(field.name) ? toLocal(query.get(field.name)) : query.get(field.name);
  root.append(view);

  async function load(cursor) {
    more.disabled = true;
    say(part(view, 'wrong'), '');
    try {
      const page = await get(`/api/admin/events?${new URLSearchParams({ ...filterOf(form), limit: PAGE, ...(cursor && { cursor }) })}`);
      const body = cursor && part(view, 'rows').querySelector('tbody');
      if (body) body.append(...page.events.map(row => line(COLUMNS, row)));
      else part(view, 'rows').replaceChildren(table(COLUMNS, page.events, 'No messages match.'));
      more.hidden = !page.next_cursor;
      more.onclick = () => load(page.next_cursor);
    } catch (error) {
      say(part(view, 'wrong'), error.message);
    } finally {
      more.disabled = false;
    }
  }

  form.addEventListener('submit', event => {
    event.preventDefault();
    const { phone, ...rest } = filterOf(form);
    history.replaceState(null, '', `/ops/messages?${new URLSearchParams(rest)}`);
    load();
  });
  part(view, 'replay').addEventListener('click', () => replay({ filter: filterOf(form) }, () => load()));
  load();
}

function filterOf(form) {
  const given = [...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([, value]) => value);
  return Object.fromEntries(given.map(([name, value]) => [name, TIMES.includes(name) ? new Date(value).toISOString() : value]));
}

/** Converts to the format of a datetime-local field: local time without a zone. */
function toLocal(iso) {
  const at = new Date(iso);
  return Number.isNaN(at.valueOf()) ? '' : new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
