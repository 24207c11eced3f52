// Shows every limit and its usage, and lets an operator resume jobs and breakers.

import { announce, part, stamp } from '../shared/dom.js';
import { poll } from '../shared/poller.js';
import { get, post } from './api.js';
import { badge, element, table } from './parts.js';
import { count, dollars, duration, moment, shortMoment } from './words.js';

export function limits(root) {
  const view = stamp('limits');
  root.append(view);
  const polling = poll(async () => {
    const now = await get('/api/admin/limits');
    part(view, 'panels').replaceChildren(...panels(now, () => polling.now()));
  });
  return polling.stop;
}

function panels(now, again) {
  const { budgets } = now;
  return [
    panel('Deferred and throttled jobs', table([
      ['State', row => badge(row.status)],
      ['Reason', row => element('a', { href: `/ops/messages?${new URLSearchParams({ status: row.status, reason: row.reason ?? '' })}` }, row.reason ?? 'unknown')],
      ['Jobs', row => count(row.messages), 'number'],
      ['Oldest', row => shortMoment(row.oldest_at)],
      ['Resumes', row => shortMoment(row.resume_at)],
    ], now.waiting, 'No deferred or throttled jobs.'), now.waiting.some(row => row.reason?.startsWith('budget')) && act('Resume jobs deferred for a budget', { release: 'budget' }, again)),
    panel('Breakers', table([
      ['Service', row => row.dependency],
      ['State', row => badge(row.state)],
      ['Consecutive failures', row => `${count(row.failures)} of ${count(row.limit_value)}`, 'number'],
      ['Open until', row => (row.state === 'closed' ? null : moment(row.retry_at))],
      ['', row => (row.state === 'closed' ? '' : act('Probe now', { try_again: row.dependency }, again)), 'number'],
    ], now.breakers ?? [], 'No calls yet.')),
    panel('Daily budgets', table([
      ['Family', row => (row.family_id ? familyLink(row) : 'all families')],
      ['Spent', row => dollars(row.spent_usd), 'number'],
      ['Reserved', row => dollars(row.reserved_usd), 'number'],
      ['Limit', row => dollars(row.limit_usd), 'number'],
      ['Used', row => used(row.spent_usd + row.reserved_usd, row.limit_usd)],
    ], [budgets.global, ...budgets.families], '')),
    panel('Rates', table([
      ['Limit', row => row.limit],
      ['Accepted', row => `${count(row.accepted)} of ${count(row.limit_value)}`, 'number'],
      ['Throttled', row => count(row.throttled), 'number'],
      ['Dropped', row => count(row.dropped), 'number'],
      ['Used', row => used(row.accepted, row.limit_value)],
    ], now.rates ?? [], 'No messages counted yet.')),
    panel('Senders', table([
      ['Family', familyLink],
      ['', row => (row.until ? `paused after ${count(row.failures)} failures until ${shortMoment(row.until)}` : `${count(row.value)} messages this minute, of ${count(now.senders.limit_value)}`)],
    ], [...now.senders.over, ...now.senders.paused], `No sender exceeds ${count(now.senders.limit_value)} messages a minute, and no sender is paused.`)),
    panel('Concurrent jobs', element('p', {}, `${count(now.slots.value)} of ${count(now.slots.limit_value)} slots are in use.`), used(now.slots.value, now.slots.limit_value)),
    panel('Alerts', table([
      ['When', row => shortMoment(row.at)],
      ['Limit', row => row.limit],
      ['Reached', row => `${row.percent} %`, 'number'],
      ['Family', row => (row.family_id ? familyLink(row) : 'all')],
    ], now.alerts, 'No alerts.')),
    panel('Rejected requests', element('p', {}, `${count(now.verification_failures.last_hour)} in the last hour; an address gets 429 after ${count(now.verification_failures.limit_value)} in a minute.`)),
  ];
}

const panel = (heading, ...content) => element('section', { className: 'panel' }, element('h2', {}, heading), ...content.filter(Boolean));

const familyLink = row => element('a', { href: `/ops/messages?family_id=${row.family_id}`, className: 'sid' }, row.family_id);

const used = (value, most) => element('meter', { min: 0, max: most || 1, high: most * 0.8, value: value ?? 0, ariaLabel: `${Math.round((value ?? 0) / (most || 1) * 100)} % used` });

function act(label, body, again) {
  const button = element('button', { type: 'button', className: 'secondary small' }, label);
  button.addEventListener('click', async () => {
    button.disabled = true;
    const answer = await post('/api/admin/limits', body);
    announce(answer.released === undefined ? 'The next call probes the service.' : `${count(answer.released)} jobs resumed.`);
    again();
  });
  return button;
}
