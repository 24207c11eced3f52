// The overview, refreshed every few seconds.

import { part, stamp } from '../shared/dom.js';
import { poll } from '../shared/poller.js';
import { get } from './api.js';
import { volumeChart } from './chart.js';
import { badge, element, messageLink, table, tally } from './parts.js';
import { count, dollars, duration, shortMoment } from './words.js';

const LATE_SECONDS = 300;

export function overview(root) {
  const view = stamp('overview');
  const hours = part(view, 'hours');
  root.append(view);
  const polling = poll(async () => show(view, await get(`/api/admin/overview?hours=${hours.value}`)));
  hours.addEventListener('change', () => polling.now());
  return polling.stop;
}

function show(view, now) {
  const fill = (name, ...nodes) => part(view, name).replaceChildren(...nodes);
  const oldest = now.unfinished.oldest;
  const letters = Object.values(now.dead_letters).reduce((sum, number) => sum + number, 0);
  fill('tiles',
    tile('Messages', count(now.messages)),
    tile('Done', share(now.by_status.done, now.messages)),
    tile('Failed', count(now.by_status.failed), now.by_status.failed > 0 && 'bad', '/ops/messages?status=failed'),
    tile('Median (p50)', duration(now.latency_ms.p50)),
    tile('p95', duration(now.latency_ms.p95)),
    tile('Oldest unfinished', oldest ? duration(oldest.age_seconds * 1000) : 'none', oldest?.age_seconds > LATE_SECONDS && 'warm', oldest && `/ops/message?sid=${oldest.message_sid}`),
    tile('Dead letters', count(letters), letters > 0 && 'bad', '/ops/dead-letters'),
    tile('AI cost', dollars(now.cost_usd), false, '/ops/limits'));
  fill('volume', volumeChart(now.volume));
  fill('failures', table([
    ['Status', row => badge(row.status)],
    ['Phase', row => row.phase],
    ['Cause', row => element('a', { href: search(row, now.since) }, row.code ?? 'unknown')],
    ['Messages', row => count(row.messages), 'number'],
    ['Latest', row => element('span', {}, shortMoment(row.latest_at), ' ', messageLink(row.latest_sid))],
  ], now.failures, 'No failed or rejected messages.'));
  fill('phases', table([
    ['Phase', row => row.phase],
    ['Attempts', row => count(row.attempts), 'number'],
    ['Failed', row => count(row.failed), 'number'],
    ['Median (p50)', row => duration(row.p50_ms), 'number'],
    ['p95', row => duration(row.p95_ms), 'number'],
  ], now.phases, 'No phase ran.'));
  fill('waiting', tally({ ...now.unfinished.by_status, ...(now.which_family && { which_family: now.which_family }) }, 'Status', 'No messages in progress.'));
  fill('replies', tally(now.replies, 'Status', 'No replies.'));
  fill('refused', tally({ ...now.rejected_requests, ...(now.unknown_senders && { unknown_sender: now.unknown_senders }) }, 'Guard', 'No rejected requests.'));
  fill('costs', table([
    ['Family', row => element('a', { href: `/ops/messages?family_id=${row.family_id}` }, row.name)],
    ['Cost', row => dollars(row.cost_usd), 'number'],
  ], now.cost_by_family, 'No cost.'));
}

function tile(label, value, tone, href) {
  const body = [element('span', { className: 'label' }, label), element('b', {}, value)];
  return element('li', { className: `tile ${tone || ''}` }, ...(href ? [element('a', { href }, ...body)] : body));
}

const share = (some, all) => (all > 0 ? `${((some ?? 0) / all * 100).toFixed(some === all ? 0 : 1)} %` : '–');

const search = (row, since) => `/ops/messages?${new URLSearchParams({ status: row.status, phase: row.phase, since, ...(row.status === 'failed' ? { error_code: row.code ?? '' } : { reason: row.code ?? '' }) })}`;
