// Days and times as they are in the family's zone, wherever the reader is. A day is a text like 2026-12-01.

const DAY = 86_400_000;

export const addDays = (day, count) => new Date(Date.parse(`${day}T00:00Z`) + count * DAY).toISOString().slice(0, 10);

export class Calendar {
  constructor(zone, locale) {
    this.zone = zone;
    // "en" alone could be read as any of its countries' habits: the reader's own browser knows which.
    this.locale = navigator.languages.find(own => own.split('-')[0] === locale && own.includes('-')) ?? locale;
    this.numbers = new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    this.clock = this.format({ timeStyle: 'short' }, zone);
    this.weekday = this.format({ weekday: 'long' });
    this.short = this.format({ weekday: 'short', day: 'numeric', month: 'short' });
    this.long = this.format({ weekday: 'long', day: 'numeric', month: 'long' });
    this.withYear = this.format({ day: 'numeric', month: 'short', year: 'numeric' });
  }

  format(options, timeZone = 'UTC') {
    return new Intl.DateTimeFormat(this.locale, { ...options, timeZone });
  }

  /** The wall clock at an instant: { day: '2026-12-01', time: '17:00' }. */
  wall(instant) {
    const parts = Object.fromEntries(this.numbers.formatToParts(new Date(instant)).map(part => [part.type, part.value]));
    return { day: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
  }

  dayOf(instant) { return this.wall(instant).day; }

  today() { return this.dayOf(Date.now()); }

  /** The instant at which a day begins, which is not always 24 hours after the one before. */
  beginning(day) { return this.instant(day, '00:00'); }

  /** The instant at which the wall clock shows a day and a time. */
  instant(at, time) {
    const asUtc = Date.parse(`${at}T${time}Z`);
    const shift = at => {
      const { day, time } = this.wall(at);
      return Date.parse(`${day}T${time}Z`) - at;
    };
    const guess = asUtc - shift(asUtc);
    return new Date(asUtc - shift(guess)).toISOString();
  }

  time(instant) { return this.clock.format(new Date(instant)); }

  /** A day as one says it: today, tomorrow, a weekday of the coming week, else its date. */
  nameOf(day, { long = false } = {}) {
    const date = new Date(`${day}T00:00Z`);
    const distance = Math.round((date - Date.parse(`${this.today()}T00:00Z`)) / DAY);
    if (distance === 0) return 'Today';
    if (distance === 1) return 'Tomorrow';
    if (distance === -1) return 'Yesterday';
    if (long && distance > 0 && distance < 300) return this.long.format(date);
    if (distance > 0 && distance < 7) return this.weekday.format(date);
    return (Math.abs(distance) < 300 ? this.short : this.withYear).format(date);
  }

  date(day) { return this.withYear.format(new Date(`${day}T00:00Z`)); }

  longDate(day) { return this.long.format(new Date(`${day}T00:00Z`)); }
}
