// One task with everything about it: to read, to change, to delete.

import { part, say } from '../shared/dom.js';
import { ApiError, Unreachable, explain } from './api.js';
import { open } from '../shared/dialog.js';
import { showHeard } from './task-parts.js';

const FIELDS = ['title', 'day', 'time', 'assignee', 'category', 'notes', 'status'];

export const openTask = (board, task) => new TaskDialog(board, task);

class TaskDialog {
  constructor(board, task) {
    Object.assign(this, { board, task, calendar: board.family.calendar });
    this.dialog = open('task', dialog => {
      this.form = dialog.querySelector('form');
      board.family.fillSelect(this.form.elements.assignee);
      this.show(dialog, this.values());
    });
    this.form.addEventListener('submit', event => {
      event.preventDefault();
      this.busy(() => this.save());
    });
    part(this.dialog, 'delete').addEventListener('click', () => this.busy(() => this.remove()));
  }

  /** The task as the form shows it. */
  values() {
    const { task } = this;
    const { day, time } = task.due_at ? this.calendar.wall(task.due_at) : { day: '', time: '' };
    return {
      title: task.title, day, time: task.due_all_day ? '' : time, assignee: task.assignee ?? '',
      category: task.category ?? '', notes: task.notes ?? '', status: task.status,
    };
  }

  typed() {
    return Object.fromEntries(FIELDS.map(name => [name, this.form.elements[name].value]));
  }

  show(dialog, values) {
    const { task, calendar, board: { family } } = this;
    for (const name of FIELDS) this.form.elements[name].value = values[name];
    const at = instant => `${calendar.nameOf(calendar.dayOf(instant)).toLowerCase()} at ${calendar.time(instant)}`;
    say(part(dialog, 'question'), task.needs_review && task.question);
    showHeard(part(dialog, 'heard'), task, family);
    part(dialog, 'origin').textContent = `Added${task.created_by ? ` by ${family.nameOf(task.created_by)}` : ''} ${at(task.created_at)}.${task.version > 1 ? ` Last changed ${at(task.updated_at)}.` : ''}`;
    part(dialog, 'delete').hidden = !family.mayDelete(task);
  }

  /** What of the form differs from the task, as the API takes it. */
  changes() {
    const before = this.values();
    const now = this.typed();
    const differs = name => now[name] !== before[name];
    return {
      ...(differs('title') && { title: now.title.trim() }),
      ...((differs('day') || differs('time')) && { due_at: now.day ? now.day + (now.time && `T${now.time}`) : null }),
      ...(differs('assignee') && { assignee: now.assignee || null }),
      ...(differs('category') && { category: now.category.trim() || null }),
      ...(differs('notes') && { notes: now.notes.trim() || null }),
      ...(differs('status') && { status: now.status }),
      ...(this.task.needs_review && { needs_review: false }),
    };
  }

  async save() {
    const { title, day, time } = this.form.elements;
    if (!title.value.trim()) return this.refuse('A task needs a title.', title);
    if (time.value && !day.value) return this.refuse('Choose a day for that time.', day);
    const fields = this.changes();
    try {
      if (Object.keys(fields).length > 0) await this.board.actions.save(this.task, fields);
      this.dialog.close();
    } catch (error) {
      if (error.status !== 412) throw error;
      await this.merge();
    }
  }

  /** Somebody else was faster: what was typed here stays, and everything else becomes what they made of it. */
  async merge() {
    const before = this.values();
    const mine = this.typed();
    this.task = await this.board.actions.reload(this.task);
    const theirs = this.values();
    this.show(this.dialog, Object.fromEntries(FIELDS.map(name => [name, mine[name] === before[name] ? theirs[name] : mine[name]])));
    this.board.feed.place(this.task);
    this.refuse('Somebody changed this task while you were editing it. Their changes are in; yours are not saved yet. Check, and save again.');
  }

  async remove() {
    if (await this.board.actions.remove(this.task)) this.dialog.close();
  }

  /** One thing at a time, and what goes wrong with it is said here. */
  async busy(action) {
    const buttons = this.dialog.querySelectorAll('footer button');
    for (const button of buttons) button.disabled = true;
    say(part(this.dialog, 'notice'), '');
    try {
      await action();
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof Unreachable)) throw error;
      if (error.status !== 404) return this.refuse(explain(error));
      this.dialog.close();
      this.board.actions.complain(error, this.task);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  refuse(text, field) {
    say(part(this.dialog, 'notice'), text);
    field?.focus();
    if (!field) this.form.querySelector('.body').scrollTop = 0;
  }
}
