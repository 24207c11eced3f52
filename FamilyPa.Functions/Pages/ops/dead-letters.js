import { part, stamp } from '../shared/dom.js';
import { get } from './api.js';
import { badge, element, line, messageLink, table } from './parts.js';
import { replay } from './replay.js';
import { shortMoment } from './words.js';

const PAGE = 50;

export function deadLetters(root) {
  const view = stamp('dead-letters');
  const more = part(view, 'more');
  root.append(view);
  const columns = [
    ['Created', row => shortMoment(row.created_at)],
    ['Queue', row => row.queue],
    ['Cause', row => row.cause],
    ['Message', row => (row.message_sid ? messageLink(row.message_sid) : element('span', { className: 'none' }, `unreadable, ${row.body_length} characters`))],
    ['Now', row => (row.job_status ? badge(row.job_status) : null)],
    ['', row => (row.job_status === 'failed' ? replayButton(row.message_sid, load) : ''), 'number'],
  ];

  async function load(cursor) {
    const page = await get(`/api/admin/dead-letters?${new URLSearchParams({ limit: PAGE, ...(cursor && { cursor }) })}`);
    const body = cursor && part(view, 'rows').querySelector('tbody');
    if (body) body.append(...page.dead_letters.map(row => line(columns, row)));
    else part(view, 'rows').replaceChildren(table(columns, page.dead_letters, 'No dead letters.'));
    more.hidden = !page.next_cursor;
    more.onclick = () => load(page.next_cursor);
  }

  return load();
}

const replayButton = (sid, done) =>
  element('button', { type: 'button', className: 'secondary small', ariaLabel: `Replay ${sid}`, onclick: () => replay({ message_sid: sid }, () => done()) }, 'Replay…');
