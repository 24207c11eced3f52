// How often a task comes up again: as words, and as the choices of a form. A rule is an RRULE of RFC 5545, or AFTER_DONE= and a duration.

export const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
export const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
export const ORDINALS = { 1: 'first', 2: 'second', 3: 'third', 4: 'fourth', 5: 'fifth', '-1': 'last' };
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const UNITS = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year', D: 'day', W: 'week', M: 'month', Y: 'year' };
const WORKDAYS = 'MO,TU,WE,TH,FR';

// A day of the month, the last one, or a numbered weekday.
const ON = /^(|[1-9]|[12]\d|3[01]|-1|n([1-5]|-1))$/;

const NONE = { repeat: '', every: 1, unit: 'D', days: [], on: '', weekday: 'MO', ends: '', until: '', times: 10 };

const valuesOf = rule => Object.fromEntries(rule.split(';').map(part => part.split('=')));
const listOf = words => new Intl.ListFormat('en-GB').format(words);
const afterDone = rule => /^AFTER_DONE=P(\d+)([DWMY])$/.exec(rule);

/** @param calendar says dates */
export function rhythmOf(rule, calendar) {
  const after = afterDone(rule);
  if (after) return `${after[1] === '1' ? 'a' : after[1]} ${UNITS[after[2]]}${after[1] === '1' ? '' : 's'} after it is done`;
  const { FREQ, INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, UNTIL, COUNT } = valuesOf(rule);
  const every = Number(INTERVAL ?? 1);
  let words = every === 1 ? `every ${UNITS[FREQ]}` : `every ${every} ${UNITS[FREQ]}s`;
  if (BYMONTH) words += ` in ${listOf(BYMONTH.split(',').map(month => MONTHS[month - 1]))}`;
  if (BYMONTHDAY) words += ` on ${listOf(BYMONTHDAY.split(',').map(nameOfMonthDay))}`;
  if (BYDAY) {
    const plainWeeks = every === 1 && (FREQ === 'DAILY' || FREQ === 'WEEKLY') && !BYMONTH && !BYMONTHDAY && !BYSETPOS;
    const names = BYDAY === WORKDAYS ? 'weekday' : listOf(BYDAY.split(',').map(nameOfWeekday));
    if (plainWeeks) words = `every ${names}`;
    else if (BYSETPOS) words += ` on the ${listOf(BYSETPOS.split(',').map(nth))} ${names.replaceAll(' and ', ' or ')}`;
    else words += ` on ${BYDAY === WORKDAYS ? 'weekdays' : names}`;
  } else if (BYSETPOS) {
    words += `, of these the ${listOf(BYSETPOS.split(',').map(nth))}`;
  }
  if (UNTIL) words += ` until ${calendar.date(dayOf(UNTIL))}`;
  if (COUNT) words += COUNT === '1' ? ', once' : `, ${COUNT} times`;
  return words;
}

/** @returns {object?} null for a rule that the form's choices cannot say */
export function choicesOf(rule) {
  if (!rule) return NONE;
  const choices = read(rule);
  return choices && ON.test(choices.on) && isSame(ruleOf(choices), rule) ? choices : null;
}

/** Whether two rules say the same, if in another order. */
export const isSame = (one, other) => sorted(one) === sorted(other);

/** @returns {string?} null for a task that does not recur */
export function ruleOf({ repeat, every, unit, days, on, weekday, ends, until, times }) {
  if (!repeat) return null;
  if (repeat === 'AFTER_DONE') return `AFTER_DONE=P${every}${unit}`;
  const parts = repeat === 'WEEKDAYS' ? ['FREQ=WEEKLY', `BYDAY=${WORKDAYS}`] : [`FREQ=${repeat}`];
  if (every > 1 && repeat !== 'WEEKDAYS') parts.push(`INTERVAL=${every}`);
  if (repeat === 'WEEKLY' && days.length) parts.push(`BYDAY=${DAYS.filter(day => days.includes(day))}`);
  if (repeat === 'MONTHLY' && on) parts.push(on.startsWith('n') ? `BYDAY=${on.slice(1)}${weekday}` : `BYMONTHDAY=${on}`);
  if (ends === 'until' && until) parts.push(`UNTIL=${until.replaceAll('-', '')}`);
  if (ends === 'times') parts.push(`COUNT=${times}`);
  return parts.join(';');
}

export const weekdayOf = day => DAYS[(new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7];

/** The rule of a series that moves from one day to another: its only weekday, or its day of the month, moves along. */
export function moved(rule, from, to) {
  const choices = from && to && choicesOf(rule);
  if (choices?.repeat === 'WEEKLY' && choices.days.join() === weekdayOf(from)) return ruleOf({ ...choices, days: [weekdayOf(to)] });
  if (choices?.repeat === 'MONTHLY' && choices.on === String(Number(from.slice(8)))) return ruleOf({ ...choices, on: String(Number(to.slice(8))) });
  return rule;
}

function read(rule) {
  const after = afterDone(rule);
  if (after) return { ...NONE, repeat: 'AFTER_DONE', every: Number(after[1]), unit: after[2] };
  const { FREQ, INTERVAL, BYDAY, BYMONTHDAY, UNTIL, COUNT } = valuesOf(rule);
  const [, ordinal, weekday] = /^(-?\d)([A-Z]{2})$/.exec(BYDAY ?? '') ?? [];
  return {
    ...NONE,
    repeat: BYDAY === WORKDAYS && !INTERVAL && FREQ === 'WEEKLY' ? 'WEEKDAYS' : FREQ,
    every: Number(INTERVAL ?? 1),
    days: FREQ === 'WEEKLY' ? (BYDAY ?? '').split(',').filter(Boolean) : [],
    on: ordinal ? `n${ordinal}` : BYMONTHDAY ?? '',
    weekday: weekday ?? 'MO',
    ...(UNTIL && { ends: 'until', until: dayOf(UNTIL) }),
    ...(COUNT && { ends: 'times', times: Number(COUNT) }),
  };
}

const sorted = rule => rule?.split(';').filter(part => part !== 'INTERVAL=1').map(part => part.startsWith('BYDAY=') ? part.slice(6).split(',').sort().join() : part).sort().join(';');
const dayOf = until => `${until.slice(0, 4)}-${until.slice(4, 6)}-${until.slice(6, 8)}`;
const nth = number => ORDINALS[number] ?? `${-number}${number < -3 ? 'th' : number < -2 ? 'rd' : 'nd'} last`;
const nameOfMonthDay = day => day > 0 ? `day ${day}` : `the ${nth(day)} day`;

function nameOfWeekday(text) {
  const name = DAY_NAMES[DAYS.indexOf(text.slice(-2))];
  return text.length > 2 ? `the ${nth(Number(text.slice(0, -2)))} ${name}` : name;
}
