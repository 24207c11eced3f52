// A task as a line: tick it off at the left, open it by its words.

import { part, stamp, useIcon } from '../shared/dom.js';
import { assigneesOf } from './family.js';
import { openMove } from './move-dialog.js';
import { openTask } from './task-dialog.js';
import { addDays } from './time.js';
import { showDue, showRhythm, wayOf } from './task-parts.js';

export const taskRow = {
  create(board, task) {
    const row = stamp('task');
    part(row, 'check').addEventListener('click', () => row.task.status === 'done' ? board.actions.reopen(row.task) : board.actions.complete(row.task));
    part(row, 'open').addEventListener('click', () => openTask(board, row.task));
    part(row, 'move').addEventListener('click', () => openMove(board, row.task));
    row.task = task;
    return row;
  },

  update(row, task, { family, view }) {
    const { calendar } = family;
    const done = task.status === 'done';
    row.classList.toggle('done', done);
    row.classList.toggle('started', task.status === 'in_progress');
    part(row, 'title').textContent = task.title;
    part(row, 'check').setAttribute('aria-label', `${done ? 'Open again' : 'Done'}: ${task.title}`);
    const move = part(row, 'move');
    move.hidden = done;
    move.setAttribute('aria-label', `Put off: ${task.title}`);
    // A task shows its day only where its group does not.
    const day = task.due_at && calendar.dayOf(task.due_at);
    const isSaid = { upcoming: true, today: day === calendar.today(), plan: day >= calendar.today() && day < addDays(calendar.today(), 7) };
    showDue(part(row, 'due'), task, family, { dayless: Boolean(isSaid[view]) });
    showRhythm(part(row, 'rhythm'), task, family);
    part(row, 'review').hidden = !task.needs_review || done;
    part(row, 'progress').hidden = task.status !== 'in_progress';
    part(row, 'category').textContent = task.category ?? '';
    part(row, 'category').hidden = !task.category;
    const said = part(row, 'said');
    said.hidden = !task.heard;
    if (task.heard) {
      const way = wayOf(task);
      useIcon(said, way);
      said.lastElementChild.textContent = family.nameOf(task.heard.by);
      said.title = { picture: 'by picture', voice: 'by voice note', text: 'by message' }[way];
    }
    const picture = part(row, 'picture');
    picture.hidden = !task.pictures.length;
    if (task.pictures.length && picture.getAttribute('src') !== task.pictures[0]) picture.src = task.pictures[0];
    const avatars = part(row, 'assignees');
    const people = assigneesOf(task);
    avatars.hidden = people.length === 0;
    avatars.title = `For ${family.namesFor(task)}`;
    avatars.setAttribute('aria-label', avatars.title);
    avatars.replaceChildren(...people.map(userId => {
      const avatar = Object.assign(document.createElement('span'), { className: 'avatar' });
      family.fillAvatar(avatar, userId);
      return avatar;
    }));
  },
};
