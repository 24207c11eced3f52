// One task with everything about it: to read, to change, to delete.

import { byId, part, say } from '../shared/dom.js';
import { ApiError, Unreachable, explain } from './api.js';
import { open } from './dialog.js';
import { showHeard } from './review-card.js';

const FIELDS = ['title', 'day', 'time', 'assignee', 'category', 'notes', 'status'];
let current = null;

export function openTask(board, task) {
  current = { board, task };
  const dialog = byId('task-dialog');
  say(part(dialog, 'notice'), '');
  fill(valuesOf(task));
  describe();
  open('task-dialog');
  dialog.querySelector('.body').scrollTop = 0;
}

/** A task as the form shows it. */
function valuesOf(task) {
  const { day, time } = task.due_at ? current.board.family.calendar.wall(task.due_at) : { day: '', time: '' };
  return {
    title: task.title, day, time: task.due_all_day ? '' : time, assignee: task.assignee ?? '',
    category: task.category ?? '', notes: task.notes ?? '', status: task.status,
  };
}

const form = byId('task-dialog').querySelector('form');

const typed = () => Object.fromEntries(FIELDS.map(name => [name, form.elements[name].value]));

function fill(values) {
  for (const name of FIELDS) form.elements[name].value = values[name];
  form.elements.title.removeAttribute('aria-invalid');
}

function describe() {
  const { board: { family }, task } = current;
  const { calendar } = family;
  const dialog = byId('task-dialog');
  const at = instant => `${calendar.nameOf(calendar.dayOf(instant)).toLowerCase()} at ${calendar.time(instant)}`;
  say(part(dialog, 'question'), task.needs_review && task.question);
  showHeard(part(dialog, 'heard'), task, family);
  part(dialog, 'origin').textContent = `Added${task.created_by ? ` by ${family.nameOf(task.created_by)}` : ''} ${at(task.created_at)}.${task.version > 1 ? ` Last changed ${at(task.updated_at)}.` : ''}`;
  part(dialog, 'delete').hidden = !family.mayDelete(task);
}

/** What of the form differs from the task, as the API takes it. */
function changes() {
  const { task } = current;
  const before = valuesOf(task);
  const now = typed();
  const differs = name => now[name] !== before[name];
  return {
    ...(differs('title') && { title: now.title.trim() }),
    ...((differs('day') || differs('time')) && { due_at: now.day ? now.day + (now.time && `T${now.time}`) : null }),
    ...(differs('assignee') && { assignee: now.assignee || null }),
    ...(differs('category') && { category: now.category.trim() || null }),
    ...(differs('notes') && { notes: now.notes.trim() || null }),
    ...(differs('status') && { status: now.status }),
    ...(task.needs_review && { needs_review: false }),
  };
}

async function save() {
  const { board, task } = current;
  if (!form.elements.title.value.trim()) return refuse('A task needs a title.', 'title');
  if (form.elements.time.value && !form.elements.day.value) return refuse('Choose a day for that time.', 'day');
  const fields = changes();
  try {
    if (Object.keys(fields).length > 0) await board.actions.save(task, fields);
    byId('task-dialog').close();
  } catch (error) {
    if (error.status === 412) await merge();
    else complain(error);
  }
}

/** Somebody else was faster: what was typed here stays, and everything else becomes what they made of it. */
async function merge() {
  const { board, task } = current;
  try {
    const before = valuesOf(task);
    const mine = typed();
    current.task = await board.actions.reload(task);
    const theirs = valuesOf(current.task);
    fill(Object.fromEntries(FIELDS.map(name => [name, mine[name] === before[name] ? theirs[name] : mine[name]])));
    describe();
    board.feed.place(current.task);
    refuse('Somebody changed this task while you were editing it. Their changes are in; yours are not saved yet. Check, and save again.');
  } catch (error) {
    complain(error);
  }
}

function complain(error) {
  if (!(error instanceof ApiError) && !(error instanceof Unreachable)) throw error;
  if (error.status !== 404) return refuse(explain(error));
  byId('task-dialog').close();
  current.board.actions.complain(error, current.task);
}

function refuse(text, field) {
  say(part(form, 'notice'), text);
  if (field) form.elements[field].focus();
  form.querySelector('.body').scrollTop = 0;
}

form.addEventListener('submit', async event => {
  event.preventDefault();
  const button = part(form, 'save');
  button.disabled = true;
  await save().finally(() => { button.disabled = false; });
});

part(form, 'delete').addEventListener('click', async () => {
  if (await current.board.actions.remove(current.task)) byId('task-dialog').close();
});
