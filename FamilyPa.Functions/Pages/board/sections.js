// The sections of the board: which tasks each holds, how to ask for them, in which order and groups they are shown.

import { addDays } from './time.js';

const OPEN = 'open,in_progress';
const isOpen = task => task.status === 'open' || task.status === 'in_progress';
const tomorrow = calendar => calendar.beginning(addDays(calendar.today(), 1));

const byDue = (a, b) => Date.parse(a.due_at) - Date.parse(b.due_at) || (a.id < b.id ? -1 : 1);
const byNewest = (a, b) => Date.parse(b.created_at) - Date.parse(a.created_at) || (a.id > b.id ? -1 : 1);
const byCompleted = (a, b) => Date.parse(b.completed_at) - Date.parse(a.completed_at) || (a.id > b.id ? -1 : 1);

/** Past its time; a task for a whole day is due at the end of it. */
export const isLate = task => isOpen(task) && task.due_at !== null && Date.parse(task.due_at) < Date.now();

export const sections = {
  today: {
    title: 'Today',
    path: '/board',
    note: calendar => calendar.longDate(calendar.today()),
    query: calendar => ({ status: OPEN, due_before: tomorrow(calendar) }),
    holds: (task, calendar) => isOpen(task) && task.due_at !== null && Date.parse(task.due_at) < Date.parse(tomorrow(calendar)),
    order: byDue,
    group: (task, calendar) => calendar.dayOf(task.due_at) < calendar.today() ? 'Overdue' : 'Today',
    day: (task, calendar) => calendar.dayOf(task.due_at) < calendar.today() ? undefined : calendar.today(),
    empty: ['done', 'Nothing left for today', 'Write a message to Family PA, or add a task here.'],
    when: '0',
  },
  upcoming: {
    title: 'Upcoming',
    path: '/board/upcoming',
    note: () => 'From tomorrow on',
    query: calendar => ({ status: OPEN, due_after: tomorrow(calendar) }),
    holds: (task, calendar) => isOpen(task) && task.due_at !== null && Date.parse(task.due_at) >= Date.parse(tomorrow(calendar)),
    order: byDue,
    group: (task, calendar) => calendar.nameOf(calendar.dayOf(task.due_at), { long: true }),
    day: (task, calendar) => calendar.dayOf(task.due_at),
    empty: ['upcoming', 'Nothing is coming up', 'Tasks with a day show here as soon as there are any.'],
    when: '1',
  },
  someday: {
    title: 'Someday',
    path: '/board/someday',
    note: () => 'Without a date',
    query: () => ({ status: OPEN, due: 'none', sort: 'created' }),
    holds: task => isOpen(task) && task.due_at === null,
    order: byNewest,
    group: () => 'Someday',
    empty: ['someday', 'Nothing without a date', 'Tasks without a date show here.'],
    when: '',
  },
  review: {
    title: 'Needs review',
    path: '/board/review',
    note: () => 'Heard, but not sure',
    query: () => ({ status: OPEN, needs_review: 'true', sort: 'created' }),
    holds: task => isOpen(task) && task.needs_review,
    order: byNewest,
    group: () => 'Needs review',
    empty: ['review', 'All clear', 'When Family PA is not sure what somebody meant, it asks here.'],
  },
  done: {
    title: 'Done',
    path: '/board/done',
    note: () => 'What the family got done',
    query: () => ({ status: 'done', sort: 'completed' }),
    holds: task => task.status === 'done',
    order: byCompleted,
    group: (task, calendar) => calendar.nameOf(calendar.dayOf(task.completed_at)),
    empty: ['done', 'Nothing done yet', 'Finished tasks are kept here.'],
  },
};

const DAYS_AHEAD = 7;

/** All that is open, by days: of three sections together. */
export const plan = {
  title: 'Plan',
  path: '/board/plan',
  note: () => 'Drag a task to another day',
  parts: ['today', 'upcoming', 'someday'],
  when: '0',

  /** The groups, whether they hold tasks or not; each but the first is a day that a task can be moved to, or none (''). */
  groups(tasks, calendar) {
    const today = calendar.today();
    const days = Array.from({ length: DAYS_AHEAD }, (_, n) => addDays(today, n));
    const later = addDays(today, DAYS_AHEAD);
    const byGroup = Map.groupBy(tasks, task => {
      const day = task.due_at ? calendar.dayOf(task.due_at) : '';
      return day === '' ? '' : day < today ? 'Overdue' : day < later ? day : later;
    });
    return [
      ...(byGroup.has('Overdue') ? [{ key: 'Overdue', label: 'Overdue' }] : []),
      ...days.map(day => ({ key: day, label: calendar.nameOf(day), day })),
      { key: later, label: 'Later', day: later },
      { key: '', label: 'No date', day: '' },
    ].map(group => ({ ...group, members: byGroup.get(group.key) ?? [] }));
  },
};
