// The parts of a task that its row, its card and its dialog show alike.

import { say, stamp, useIcon } from '../shared/dom.js';
import { isLate } from './sections.js';

/** When a task is due, as short as its section allows; a task for the whole day has no time. */
export function showDue(element, task, { calendar }, { dayless = false } = {}) {
  const instant = task.due_at;
  const day = instant && calendar.dayOf(instant);
  const words = instant && [dayless ? '' : calendar.nameOf(day), task.due_all_day ? '' : calendar.time(instant)].filter(Boolean).join(', ');
  say(element, words);
  element.lang = calendar.locale;
  element.classList.toggle('late', isLate(task));
  if (instant) element.dateTime = task.due_all_day ? day : instant;
}

/** Who said it, how, when, and in which words. */
export function showHeard(figure, task, family) {
  figure.hidden = !task.heard;
  if (!task.heard) return;
  const { by, text, transcript } = task.heard;
  const { calendar } = family;
  const name = by === family.me.user_id ? 'you' : family.nameOf(by);
  const when = `${calendar.nameOf(calendar.dayOf(task.created_at)).toLowerCase()} at ${calendar.time(task.created_at)}`;
  const caption = figure.querySelector('figcaption');
  caption.replaceChildren(byIcon(transcript ? 'voice' : 'text'), `I heard ${name} ${transcript ? 'say' : 'write'}, ${when}`);
  figure.querySelector('blockquote').textContent = [text, transcript].filter(Boolean).map(words => `“${words}”`).join('\n');
}

function byIcon(name) {
  const icon = stamp('state').querySelector('svg');
  useIcon(icon, name);
  return icon;
}
