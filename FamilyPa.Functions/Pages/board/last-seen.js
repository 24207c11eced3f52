// The last responses, for use without a network: of one member only, deleted at sign-out.

export const LAST_SEEN = 'familypa.last-seen';

export function remember(seen) {
  try {
    localStorage.setItem(LAST_SEEN, JSON.stringify({ ...seen, at: Date.now() }));
  } catch {
    // Full, or forbidden: there is just nothing to show offline.
    forget();
  }
}

/** @returns {{at: number, family: object, sections: Object<string, object[]>} | null} */
export function recall() {
  try {
    return JSON.parse(localStorage.getItem(LAST_SEEN));
  } catch {
    return null;
  }
}

export function forget() {
  try {
    localStorage.removeItem(LAST_SEEN);
  } catch {
    // Forbidden: then nothing was kept either.
  }
}
