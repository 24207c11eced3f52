// A task as a line: tick it off at the left, open it by its words.

import { part, stamp, useIcon } from '../shared/dom.js';
import { openTask } from './task-dialog.js';
import { showDue, wayOf } from './task-parts.js';

export const taskRow = {
  create(board, task) {
    const row = stamp('task');
    part(row, 'check').addEventListener('click', () => row.task.status === 'done' ? board.actions.reopen(row.task) : board.actions.complete(row.task));
    part(row, 'open').addEventListener('click', () => openTask(board, row.task));
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
    // The day is said where the group does not say it: of what is overdue, and nowhere else.
    showDue(part(row, 'due'), task, family, { dayless: view === 'upcoming' || (view === 'today' && calendar.dayOf(task.due_at) === calendar.today()) });
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
    const assignee = part(row, 'assignee');
    assignee.hidden = !task.assignee;
    if (task.assignee) {
      family.fillAvatar(assignee, task.assignee);
      assignee.title = `For ${family.nameOf(task.assignee)}`;
      assignee.setAttribute('role', 'img');
      assignee.setAttribute('aria-label', assignee.title);
    }
  },
};
