// Puts a task off, or on another day, with one press.

import { part } from '../shared/dom.js';
import { open } from '../shared/dialog.js';
import { addDays } from './time.js';

const HOUR = 3_600_000;
const STEP = 5 * 60_000;
const EVENING = '20:00';

export function openMove(board, task) {
  const { actions, family: { calendar } } = board;
  open('move', dialog => {
    const form = dialog.querySelector('form');
    const choose = action => {
      dialog.close();
      action();
    };
    part(dialog, 'title').textContent = task.title;
    for (const [label, due, isTime] of choices(task, calendar)) {
      const button = document.createElement('button');
      button.type = 'button';
      const detail = document.createElement('span');
      detail.textContent = due ? describe(due, calendar) : '';
      button.append(label, ' ', detail);
      button.addEventListener('click', () => choose(() => actions.move(task, due, isTime)));
      part(dialog, 'choices').append(button);
    }
    form.elements.day.min = calendar.today();
    form.addEventListener('submit', event => {
      event.preventDefault();
      const { day, time } = form.elements;
      if (day.value) choose(() => actions.move(task, time.value ? `${day.value}T${time.value}` : onDay(task, day.value, calendar), time.value !== ''));
      else day.focus();
    });
    part(dialog, 'series').hidden = !task.recurrence;
    part(dialog, 'skip').addEventListener('click', () => choose(() => actions.skip(task)));
    part(dialog, 'end').addEventListener('click', () => choose(() => actions.endSeries(task)));
  });
}

/** @returns for each choice its label, the new due date as the API takes it, and whether it is a time of day that was asked for */
function choices(task, calendar) {
  const soon = calendar.wall(Math.ceil((Date.now() + HOUR) / STEP) * STEP);
  const { day: today, time: now } = calendar.wall(Date.now());
  const monday = addDays(today, 7 - (new Date(`${today}T00:00Z`).getUTCDay() + 6) % 7);
  return [
    ['In an hour', `${soon.day}T${soon.time}`, true],
    ...(now < EVENING ? [['Tonight', `${today}T${EVENING}`, true]] : []),
    ['Tomorrow', onDay(task, addDays(today, 1), calendar), false],
    ['Next week', onDay(task, monday, calendar), false],
    ...(task.due_at ? [['No date', null, false]] : []),
  ];
}

/** A task with a time keeps it on another day. */
export const onDay = (task, day, calendar) => task.due_at && !task.due_all_day ? `${day}T${calendar.wall(task.due_at).time}` : day;

export function describe(due, calendar) {
  const [day, time] = due.split('T');
  return [calendar.nameOf(day), time && calendar.time(calendar.instant(day, time))].filter(Boolean).join(', ');
}
