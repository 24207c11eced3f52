// The parts of a task that its row, its card and its dialog show alike.

import { say, stamp, useIcon } from '../shared/dom.js';
import { rhythmOf } from './recurrence.js';
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

/** How often it comes up again. */
export function showRhythm(element, { recurrence }, { calendar }) {
  say(element.lastElementChild, recurrence && rhythmOf(recurrence, calendar));
  element.hidden = !recurrence;
}

/** How a task came, as the icon's name: its pictures say more than a word beside them. */
export const wayOf = ({ heard, pictures }) => pictures.length ? 'picture' : heard.transcript ? 'voice' : 'text';

/** Who said it, how, when, in which words and pictures. */
export function showHeard(figure, task, family) {
  figure.hidden = !task.heard;
  if (!task.heard) return;
  const { by, text, transcript } = task.heard;
  const { calendar } = family;
  const name = by === family.me.user_id ? 'you' : family.nameOf(by);
  const when = `${calendar.nameOf(calendar.dayOf(task.created_at)).toLowerCase()} at ${calendar.time(task.created_at)}`;
  const caption = figure.querySelector('figcaption');
  const way = wayOf(task);
  const what = way === 'picture' ? `I read what ${name} sent` : `I heard ${name} ${way === 'voice' ? 'say' : 'write'}`;
  caption.replaceChildren(byIcon(way), `${what}, ${when}`);
  figure.querySelector('blockquote').textContent = [text, transcript].filter(Boolean).map(words => `“${words}”`).join('\n');
  showPictures(figure.querySelector('.pictures'), task.pictures);
}

/** Each opens the whole picture. Those that are shown already stay, so that a refresh does not load them again. */
function showPictures(list, pictures) {
  if (list.dataset.shown === pictures.join()) return;
  list.dataset.shown = pictures.join();
  list.replaceChildren(...pictures.map((href, i) => {
    const item = document.createElement('li');
    const link = Object.assign(document.createElement('a'), { href, target: '_blank', rel: 'noopener' });
    link.append(Object.assign(document.createElement('img'), { src: href, alt: `Picture ${i + 1}`, loading: 'lazy' }));
    item.append(link);
    return item;
  }));
}

function byIcon(name) {
  const icon = stamp('state').querySelector('svg');
  useIcon(icon, name);
  return icon;
}
