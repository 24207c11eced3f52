// Ways of saying a date that the library does not know. Each entry: a pattern, and what it means, as date parts or as an offset in days.

const english = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');
const german = 'eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf'.split(' ');
const hourOf = (word, names) => names.indexOf(word.toLowerCase()) + 1 || Number(word);
const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const monthOf = name => months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
const clock = (hour, minute, later) => ({ hour: later || hour > 12 ? hour % 24 : hour <= 6 ? hour + 12 : hour, minute });

// Minutes before the hour belong to the hour before it.
function quarter(hour, minute) {
  const whole = minute < 0 ? (hour + 11) % 12 || 12 : hour;
  return clock(whole, (minute + 60) % 60);
}

const days = count => (match, context) => {
  const date = new Date(context.refDate.getTime() + count * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

// The next such day of a month, this one or the one after.
function dayOfMonth(day, context) {
  const now = context.refDate;
  const later = day < now.getUTCDate() ? 1 : 0;
  const date = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + later, day));
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day };
}

// The next such date, this year's or next year's, unless a year is given.
function dateOfYear(month, day, year, context) {
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  const now = context.refDate;
  const given = year ? Number(year) + (year.length === 2 ? 2000 : 0) : null;
  const past = Date.UTC(now.getUTCFullYear(), month - 1, day) < Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  return { year: given ?? now.getUTCFullYear() + (past ? 1 : 0), month, day };
}

const weekday = (count, index) => (match, context) => {
  const away = (index - context.refDate.getUTCDay() + 7) % 7 || 7;
  return days(away + count)(match, context);
};

const hours = 'one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\d{1,2}';
const names = 'sunday|monday|tuesday|wednesday|thursday|friday|saturday';

const entries = {
  en: [
    [/\b(?:at\s+)?half\s+past\s+(HOURS)\b/, m => clock(hourOf(m[1], english), 30)],
    [/\b(?:at\s+)?(?:a\s+)?quarter\s+past\s+(HOURS)\b/, m => quarter(hourOf(m[1], english), 15)],
    [/\b(?:at\s+)?(?:a\s+)?quarter\s+to\s+(HOURS)\b/, m => quarter(hourOf(m[1], english), -15)],
    [/\bat\s+(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?:\s+o'?clock)?(?!\s+(?:am|pm|p\.m|a\.m))\b/, m => clock(hourOf(m[1], english), 0)],
    [/\bbetween\s+(\d{1,2})(?::(\d\d))?\s*(?:am|pm)?\s+and\s+\d{1,2}(?::\d\d)?\s*(am|pm)?/, m =>
      m[3]?.toLowerCase() === 'pm' ? { hour: Number(m[1]) % 12 + 12, minute: Number(m[2] ?? 0) } : clock(Number(m[1]), Number(m[2] ?? 0), m[3])],
    [/\b(?:on\s+)?the\s+(\d{1,2})(?:st|nd|rd|th)\b(?!\s+(?:of\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|floor|time|one))/, (m, c) => dayOfMonth(Number(m[1]), c)],
    [/\b(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(20\d\d))?(?![\d:.]|\s*[ap]\.?m)/, (m, c) => dateOfYear(monthOf(m[1]), Number(m[2]), m[3], c)],
    [/\b(?:on\s+)?christmas\s+eve\b/, (m, c) => dateOfYear(12, 24, null, c)],
    [/\b(?:on\s+)?christmas(?:\s+day)?\b(?!\s+(?:\p{L}))/u, (m, c) => dateOfYear(12, 25, null, c)],
    [/\b(?:on\s+)?new\s+year'?s\s+eve\b/, (m, c) => dateOfYear(12, 31, null, c)],
    [/\b(?:on\s+)?(NAMES)s\b/, (m, c) => weekday(0, names.split('|').indexOf(m[1].toLowerCase()))(m, c)],
    [/\ba\s+week\s+on\s+(NAMES)\b/, (m, c) => weekday(7, names.split('|').indexOf(m[1].toLowerCase()))(m, c)],
  ],
  de: [
    [/(?<![\p{L}])(?:am\s+)?(\d{1,2})\.(\d{1,2})\.(20\d\d|\d\d(?!\d))?/u, (m, c) => dateOfYear(Number(m[2]), Number(m[1]), m[3], c)],
    [/\bmorgen\s+früh(?!\p{L})/u, days(1)],
    [/\bheute\s+früh(?!\p{L})/u, days(0)],
    [/\b(?:um\s+)?halb\s+(\p{L}+|\d{1,2})(?!\p{L})/u, m => hourOf(m[1], german) ? quarter(hourOf(m[1], german), -30) : null],
    [/\b(?:um\s+)?viertel\s+nach\s+(\p{L}+|\d{1,2})(?!\p{L})/u, m => hourOf(m[1], german) ? quarter(hourOf(m[1], german), 15) : null],
    [/\b(?:um\s+)?viertel\s+vor\s+(\p{L}+|\d{1,2})(?!\p{L})/u, m => hourOf(m[1], german) ? quarter(hourOf(m[1], german), -15) : null],
    [/\bheiligabend\b/, (m, c) => dateOfYear(12, 24, null, c)],
  ],
  fr: [
    [/(?<!\p{L})apr[eè]s[- ]demain(?!\p{L})/u, days(2)],
    [/(?<!\p{L})[àa]\s+midi(?!\p{L})/u, () => ({ hour: 12, minute: 0 })],
    [/(?<!\p{L})[àa]\s+(\d{1,2})\s*h(?:eures?)?\s*(\d\d)?(?!\p{L})/u, m => ({ hour: Number(m[1]), minute: Number(m[2] ?? 0) })],
  ],
  es: [
    [/\bpasado\s+mañana(?!\p{L})/u, days(2)],
    [/\bmañana\s+por\s+la\s+(?:mañana|tarde|noche)(?!\p{L})/u, days(1)],
    [/\ba\s+las?\s+(\d{1,2})(?:[:.](\d\d))?\s+de\s+la\s+(?:tarde|noche)\b/, m => ({ hour: Number(m[1]) % 12 + 12, minute: Number(m[2] ?? 0) })],
    [/\ba\s+las?\s+(\d{1,2})(?:[:.](\d\d))?\s+de\s+la\s+mañana(?!\p{L})/u, m => ({ hour: Number(m[1]), minute: Number(m[2] ?? 0), meridiem: 0 })],
  ],
  nl: [[/\bovermorgen\b/, days(2)], [/\b(?:om\s+)?half\s+(\d{1,2})\b/, m => quarter(Number(m[1]), -30)]],
  pt: [
    [/\bdepois\s+de\s+amanhã(?!\p{L})/u, days(2)],
    [/(?<!\p{L})[àa]s\s+(\d{1,2})\s*h(?:oras?)?\s*(\d\d)?(?!\p{L})/u, m => ({ hour: Number(m[1]), minute: Number(m[2] ?? 0) })],
  ],
};

export function extraParsers(language) {
  return (entries[language] ?? []).map(([pattern, meaning]) => {
    const source = pattern.source.replaceAll('HOURS', hours).replaceAll('NAMES', names);
    const compiled = new RegExp(source, pattern.flags.includes('u') ? 'iu' : 'i');
    return {
      pattern: () => compiled,
      extract: (context, match) => {
        const parts = meaning(match, context);
        if (!parts) return null;
        // The hour was worked out here: nothing is left to guess about the half of the day.
        return context.createParsingComponents(parts.hour === undefined ? parts : { meridiem: parts.hour >= 12 ? 1 : 0, ...parts });
      },
    };
  });
}
