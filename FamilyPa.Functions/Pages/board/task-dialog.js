// One task with everything about it: to read, to change, to delete.

import { part, say, stamp } from '../shared/dom.js';
import { ApiError, Unreachable, explain } from './api.js';
import { open } from '../shared/dialog.js';
import { assigneesOf } from './family.js';
import { moved } from './recurrence.js';
import { RecurrenceFields } from './recurrence-fields.js';
import { showHeard } from './task-parts.js';

const FIELDS = ['title', 'day', 'time', 'category', 'notes', 'status'];
const CHOSEN = ['people', 'recurrence'];
// Fields that the tasks which follow may take over.
const OF_SERIES = ['title', 'due_at', 'assignee', 'assignees', 'category', 'notes'];

export const openTask = (board, task) => new TaskDialog(board, task);

class TaskDialog {
  constructor(board, task) {
    Object.assign(this, { board, task, calendar: board.family.calendar });
    this.dialog = open('task', dialog => {
      this.form = dialog.querySelector('form');
      this.fillPeople(dialog);
      dialog.querySelector('datalist').append(...[...board.lists].map(name => new Option('', name)));
      this.recurrence = new RecurrenceFields(this.form, this.calendar);
      this.show(dialog, this.values());
    });
    this.form.addEventListener('submit', event => {
      event.preventDefault();
      this.busy(() => this.save());
    });
    this.form.addEventListener('input', () => this.showScope());
    part(this.dialog, 'delete').addEventListener('click', () => this.busy(() => this.remove()));
  }

  get members() { return this.board.family.members.filter(member => member.status === 'active'); }

  get boxes() { return [...part(this.form, 'people').querySelectorAll('input')]; }

  fillPeople(dialog) {
    part(dialog, 'people').append(...this.members.map(({ user_id, name }) => {
      const label = stamp('person');
      label.firstElementChild.value = user_id;
      label.lastElementChild.textContent = name;
      return label;
    }));
    // Where the server knows one assignee only, another choice replaces it.
    if (!this.task.assignees) part(dialog, 'people').addEventListener('input', ({ target }) => { for (const box of this.boxes) box.checked &&= box === target; });
  }

  /** The task as the form shows it. */
  values() {
    const { task } = this;
    const { day, time } = task.due_at ? this.calendar.wall(task.due_at) : { day: '', time: '' };
    return {
      title: task.title, day, time: task.due_all_day ? '' : time, people: this.members.map(member => member.user_id).filter(userId => assigneesOf(task).includes(userId)).join(),
      category: task.category ?? '', notes: task.notes ?? '', status: task.status, recurrence: task.recurrence,
    };
  }

  typed() {
    const people = this.boxes.filter(box => box.checked).map(box => box.value).join();
    return { ...Object.fromEntries(FIELDS.map(name => [name, this.form.elements[name].value])), people, recurrence: this.recurrence.rule };
  }

  show(dialog, values) {
    const { task, calendar, board: { family } } = this;
    for (const name of FIELDS) this.form.elements[name].value = values[name];
    for (const box of this.boxes) box.checked = values.people.split(',').includes(box.value);
    this.recurrence.rule = values.recurrence;
    part(dialog, 'recurrence').hidden = task.status === 'done';
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
      ...(differs('people') && (this.task.assignees ? { assignees: now.people.split(',').filter(Boolean) } : { assignee: now.people || null })),
      ...(differs('category') && { category: now.category.trim() || null }),
      ...(differs('notes') && { notes: now.notes.trim() || null }),
      ...(differs('status') && { status: now.status }),
      ...(differs('recurrence') && { recurrence: now.recurrence }),
      ...(this.task.needs_review && { needs_review: false }),
    };
  }

  /** Whether what was changed may be meant for this task only, or for all that follow as well. */
  asksScope(fields) {
    return this.task.recurrence && fields.recurrence === undefined && OF_SERIES.some(name => name in fields);
  }

  showScope() {
    part(this.dialog, 'scope').hidden = !this.asksScope(this.changes());
  }

  async save() {
    const { title, day, time, scope } = this.form.elements;
    if (!title.value.trim()) return this.refuse('A task needs a title.', title);
    if (time.value && !day.value) return this.refuse('Choose a day for that time.', day);
    if (this.recurrence.mistake) return this.refuse(...this.recurrence.mistake);
    const fields = this.changes();
    // With the rule, a change is of this task and of all that follow.
    if (this.asksScope(fields) && scope.value === 'all') fields.recurrence = moved(this.task.recurrence, this.values().day, day.value);
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
    this.show(this.dialog, Object.fromEntries([...FIELDS, ...CHOSEN].map(name => [name, mine[name] === before[name] ? theirs[name] : mine[name]])));
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
