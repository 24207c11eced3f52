// Shows the timeline of one message.

import { announce, part, stamp } from '../shared/dom.js';
import { get } from './api.js';
import { badge, element } from './parts.js';
import { replay } from './replay.js';
import { dollars, duration, moment, tone } from './words.js';

export async function timeline(root, query) {
  const sid = query.get('sid') ?? '';
  const view = stamp('timeline');
  const path = `/api/admin/events/${encodeURIComponent(sid)}`;
  part(view, 'sid').textContent = sid;
  root.append(view);

  async function load(reveal) {
    const told = await get(reveal ? `${path}?reveal=true` : path);
    part(view, 'facts').replaceChildren(...facts(told));
    part(view, 'moments').replaceChildren(...drawn(moments(told)));
    showLogs(view, told.attempts ?? []);
    part(view, 'json').textContent = JSON.stringify(told, null, 2);
    part(view, 'reveal').hidden = reveal;
  }

  part(view, 'replay').addEventListener('click', () => replay({ message_sid: sid }, () => load(false)));
  const reveal = part(view, 'reveal');
  // A family's texts are private, so the operator confirms twice. The audit log records it.
  reveal.addEventListener('click', () => {
    if (reveal.dataset.sure) load(true);
    else {
      reveal.dataset.sure = 'yes';
      reveal.textContent = 'Show it (the audit log notes it)';
    }
  });
  await load(false);
}

/** Shows the log query of the last failed attempt, or else of the last one. */
function showLogs(view, attempts) {
  const query = (attempts.findLast(attempt => ['failed', 'abandoned'].includes(attempt.outcome)) ?? attempts.at(-1))?.logs_url;
  part(view, 'logs').hidden = !query;
  part(view, 'query').textContent = query ?? '';
  part(view, 'copy').onclick = async pressed => {
    await navigator.clipboard.writeText(query);
    pressed.target.textContent = 'Copied';
    announce('Copied.');
  };
}

function facts(told) {
  const { job } = told;
  const source = told.event ?? told.unmatched ?? {};
  const rows = [
    ['Status', job ? badge(job.status) : badge('unmatched')],
    ['Reason', job?.status_reason ?? source.reason],
    ['Error', job?.error_code && `${job.error_code}: ${job.error_message ?? ''}`],
    ['Phase', job?.current_phase],
    ['From', source.payload?.From],
    ['Text', source.payload?.Body],
    ['Received', moment(source.received_at)],
    ['Took', job?.latency_ms !== null && job?.latency_ms !== undefined && duration(job.latency_ms)],
    ['Cost', dollars(told.cost_usd)],
    ['Replays', job?.generation || null],
    ['Resumes', job?.resume_at && moment(job.resume_at)],
    ['Family', job?.family_id && element('a', { href: `/ops/messages?family_id=${job.family_id}` }, job.family_id)],
    ['Request', source.request_id],
    ['Trace', source.trace_id],
  ];
  return rows.filter(([, value]) => value).map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
}

/** @returns [{at, kind, what, tone, lasted}] in the order of time */
function moments(told) {
  const all = [];
  const add = (at, kind, tone, lasted, ...parts) => { if (at) all.push({ at: new Date(at), kind, tone, lasted, what: parts.filter(Boolean).join(', ') }); };
  for (const received of [told.event, told.unmatched].filter(Boolean))
    add(received.received_at, 'received', 'plain', 0, received.source, received.reason, received.size_bytes && `${received.size_bytes} bytes`);
  for (const state of told.states ?? [])
    add(state.at, 'state', tone(state.to), 0, [state.from, state.to].filter(Boolean).join(' → '), state.reason, state.generation > 0 && `replay ${state.generation}`);
  for (const attempt of told.attempts ?? [])
    add(attempt.created_at, 'attempt', tone(attempt.outcome), attempt.latency_ms, `${attempt.phase}, attempt ${attempt.attempt_number}: ${attempt.outcome}`,
      attempt.error_code && `${attempt.error_code}: ${attempt.error_message ?? ''}`);
  for (const file of told.media ?? [])
    add(file.created_at, 'media', file.reason ? 'warm' : 'good', 0, `part ${file.ordinal}`, file.content_type ?? file.declared_type, file.seconds && `${file.seconds} s`, file.reason);
  for (const heard of told.transcripts ?? [])
    add(heard.created_at, 'transcript', 'good', 0, `part ${heard.ordinal}`, heard.language, `${heard.seconds} s`, heard.transcript);
  for (const usage of told.ai_usage ?? [])
    add(usage.created_at, 'AI', 'plain', 0, `${usage.phase} by ${usage.deployment}`, `${usage.input_tokens} tokens in, ${usage.output_tokens} out`,
      usage.audio_seconds > 0 && `${usage.audio_seconds} s of audio`, dollars(usage.cost_usd));
  for (const task of told.tasks ?? [])
    add(task.created_at, 'task', 'good', 0, task.title, task.due_at && `due ${moment(task.due_at)}`, task.status, task.needs_review && 'needs review');
  for (const question of told.clarifications?.asked ?? [])
    add(question.asked_at, 'question', 'warm', 0, question.question, question.answered_by ? `answered by ${question.answered_by}` : 'not answered');
  for (const answer of told.clarifications?.answered ?? []) add(answer.answered_at, 'answer', 'good', 0, `to ${answer.message_sid}`);
  for (const reply of told.replies ?? [])
    add(reply.sent_at ?? reply.created_at, 'reply', tone(reply.status), 0, `${reply.kind} ${reply.status}`, reply.delivery_status, reply.error_code, reply.body);
  for (const letter of told.poison ?? []) add(letter.created_at, 'dead letter', 'bad', 0, `${letter.queue}: ${letter.cause}`);
  for (const action of told.audit ?? [])
    add(action.created_at, action.actor ?? 'operator', 'plain', 0, action.action, action.details?.from_phase && `from ${action.details.from_phase}`, action.details?.outcome);
  return all.sort((a, b) => a.at - b.at);
}

function drawn(all) {
  const began = all[0]?.at;
  const longest = Math.max(1, ...all.map(one => one.lasted ?? 0));
  return all.map(one => {
    const row = element('li', { className: one.tone },
      element('time', { dateTime: one.at.toISOString(), title: moment(one.at) }, `+${duration(one.at - began)}`),
      element('span', { className: 'kind' }, one.kind),
      element('span', { className: 'what' }, one.what));
    if (one.lasted) row.append(element('span', { className: 'lasted' }, element('meter', { min: 0, max: longest, value: one.lasted, ariaLabel: 'Duration' }), duration(one.lasted)));
    return row;
  });
}
