// A task nobody is sure about: what is asked, what was heard, and one press to settle it.

import { part, say, stamp, useIcon } from '../shared/dom.js';
import { openTask } from './task-dialog.js';
import { showDue } from './task-row.js';

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

export const reviewCard = {
  create(board, task) {
    const card = stamp('review');
    part(card, 'confirm').addEventListener('click', () => board.actions.confirm(card.task));
    part(card, 'edit').addEventListener('click', () => openTask(board, card.task));
    part(card, 'dismiss').addEventListener('click', () => board.actions.dismiss(card.task));
    card.task = task;
    return card;
  },

  update(card, task, { family }) {
    part(card, 'question').textContent = task.question ?? '';
    part(card, 'title').textContent = task.title;
    showDue(part(card, 'due'), task, family);
    say(part(card, 'assignee'), task.assignee && `for ${family.nameOf(task.assignee)}`);
    say(part(card, 'category'), task.category);
    showHeard(part(card, 'heard'), task, family);
    for (const [name, what] of [['confirm', 'Looks right'], ['edit', 'Edit'], ['dismiss', 'Not a task']]) part(card, name).setAttribute('aria-label', `${what}: ${task.title}`);
  },
};
