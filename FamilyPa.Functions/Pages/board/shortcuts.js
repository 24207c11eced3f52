// What a single key does while no field has the focus.

import { announce, byId } from '../shared/dom.js';
import { open } from '../shared/dialog.js';
import { openMove, onDay } from './move-dialog.js';
import { openTask } from './task-dialog.js';
import { addDays } from './time.js';

const OFF = 'familypa.shortcuts-off';
// A dialog that was just closed may hold the focus for a moment more.
const FIELDS = ':is(input, textarea, select, [contenteditable]):not(dialog *)';

export class Shortcuts {
  constructor(board) {
    this.board = board;
    this.keys = {
      '?': () => this.help(),
      n: () => this.add(),
      '/': () => board.filterBar.open(),
      j: () => this.step(1),
      k: () => this.step(-1),
      x: row => row && (row.task.status === 'done' ? board.actions.reopen(row.task) : board.actions.complete(row.task)),
      e: row => row && openTask(board, row.task),
      s: row => row && openMove(board, row.task),
    };
    const { signal } = board.listening;
    addEventListener('keydown', event => this.press(event), { signal });
    byId('help').addEventListener('click', () => this.help(), { signal });
  }

  press(event) {
    if (event.target.closest?.(FIELDS) || document.querySelector('dialog[open]') || event.ctrlKey || event.metaKey) return;
    const row = document.activeElement.closest('#view .task:not(.leaving), #view .review:not(.leaving)');
    const days = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const action = event.altKey ? days && row && (() => this.move(row.task, days)) : localStorage.getItem(OFF) ? null : this.keys[event.key];
    if (!action) return;
    event.preventDefault();
    action(row);
  }

  help() {
    open('help', dialog => {
      const box = dialog.querySelector('input');
      box.checked = !localStorage.getItem(OFF);
      box.addEventListener('change', () => box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, 'yes'));
    });
  }

  add() {
    if (byId('quick-add').hidden) this.board.go('/board');
    byId('quick-add').elements.title.focus();
  }

  step(by) {
    const rows = [...document.querySelectorAll('#view li:not(.leaving)')];
    const at = rows.findIndex(row => row.contains(document.activeElement));
    const row = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by];
    row?.querySelector('.open, [data-part=edit]')?.focus();
  }

  /** Moves a task by a day, never to before today. */
  move(task, days) {
    const { actions, family: { calendar } } = this.board;
    const today = calendar.today();
    const day = task.due_at && calendar.dayOf(task.due_at);
    const next = day && day >= today ? addDays(day, days) : days > 0 ? today : null;
    if (task.status === 'done' || !next || next < today) return announce(`It stays where it is: ${task.title}`);
    actions.move(task, onDay(task, next, calendar));
    document.querySelector(`#view li:not(.leaving)[data-key="${task.id}"] .open`)?.focus();
  }
}
