// Which of the library's findings people really mean as dates, and which half of the day.

const letter = /\p{L}/u;
const afterPreposition = /\b(on|by|until|till|before|after|in|every|each|next|this|from|for|due|since|of)\s+$/i;
const afterArticle = /\b(the|a|some|more|our|my|in)\s+$/i;
const dayPart = /^(morning|afternoon|evening|night|matin|tarde|noche)$/i;
const bareDuration = /^(about |around )?(\d+|an?|one|two|three|few|half an?) ?(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?)$/i;
const bothWords = /^(sun|sat|mon|wed|mar|march|may|second|fri|jan|dec)$/;
const monthOnly = /^(january|february|march|april|may|june|july|august|september|october|november|december)$/i;

export function isMeant(found, text, language, now) {
  const before = text.slice(0, found.index);
  const after = text.slice(found.index + found.text.length);
  // The library's word borders are ASCII's: it finds "fr" (Friday) in "früh".
  if (letter.test(found.text.at(-1)) && letter.test(after[0] ?? ' ') && !['ja', 'zh'].includes(language)) return false;
  if (letter.test(found.text[0]) && letter.test(before.at(-1) ?? ' ') && !['ja', 'zh'].includes(language)) return false;
  // Nothing is due in the past. Only the day counts: "today at 9" said in the evening is still today.
  if (found.start.date().getTime() < Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())) return false;
  if (language !== 'en') return true;
  // "At 12 Baker Street" is a place.
  if (/^(at )?\d{1,3}$/i.test(found.text) && /^\s+\p{Lu}/u.test(after)) return false;
  if (/^last\b/i.test(found.text) || bareDuration.test(found.text)) return false;
  if (dayPart.test(found.text)) return /\b(in the|this|that)\s+$/i.test(before);
  if (monthOnly.test(found.text)) return afterPreposition.test(before);
  // "sun cream", "march to the shop", "sit in the sun": a day only where nothing follows.
  if (bothWords.test(found.text)) return !afterArticle.test(before) && /^\s*($|[,;.!?]|and\b|at\b|then\b)/i.test(after);
  return true;
}

// "Parents' evening" and "a school morning" are things, not hours: hidden from the library, keeping every position.
const namedDayPart = /(?<=(?:'s|s'|\b(?:good|parents|staff|an?|open|quiz|movie|film|game|school|date|opening|last))\s)(?:morning|afternoon|evening|night)\b/gi;

export function mask(text, language) {
  return language === 'en' ? text.replace(namedDayPart, word => 'x'.repeat(word.length)) : text;
}

// "At 5" is five in the afternoon. German, French and Dutch use the 24-hour clock.
const twelveHourClock = ['en', 'es', 'pt', 'it'];
const saysMorning = /morning|matin|früh|ma[nñ]h?[aã]|mattin|midnight|noon|\b0\d/i;

export function meantTime(found, language) {
  const hour = found.start.get('hour');
  const open = !found.start.isCertain('meridiem') && hour >= 1 && hour <= 6;
  const afternoon = open && twelveHourClock.includes(language) && !saysMorning.test(found.text.replace(/mañana|amanhã/i, ''));
  return `${String(afternoon ? hour + 12 : hour).padStart(2, '0')}:${String(found.start.get('minute') ?? 0).padStart(2, '0')}`;
}

// Still today, even if the hour that the library has in mind for it has gone by.
export const sayToday = /^(this (morning|afternoon|evening)|ce (matin|soir)|cet apr[eè]s-midi|esta (mañana|tarde|noche)|stasera)/i;
