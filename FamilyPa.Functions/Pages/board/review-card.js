// A task that needs review: the question, the transcript, and one button to settle it.

import { part, say, stamp } from '../shared/dom.js';
import { openTask } from './task-dialog.js';
import { showDue, showHeard, showRhythm } from './task-parts.js';

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
    showRhythm(part(card, 'rhythm'), task, family);
    say(part(card, 'assignee'), family.namesFor(task) && `for ${family.namesFor(task)}`);
    say(part(card, 'category'), task.category);
    showHeard(part(card, 'heard'), task, family);
    for (const [name, what] of [['confirm', 'Looks right'], ['edit', 'Edit'], ['dismiss', 'Not a task']]) part(card, name).setAttribute('aria-label', `${what}: ${task.title}`);
  },
};
