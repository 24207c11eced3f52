// The members' JSON API: one place for its headers, its errors and its patience.

const PATIENCE = 15_000;
const LABELS = { title: 'Title', due_at: 'Day', notes: 'Notes', category: 'Category', name: 'Name', phone: 'Phone number', role: 'Role', timezone: 'Time zone', locale: 'Language' };

/** The server said no. `code` is the stable one of its problem details. */
export class ApiError extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code;
    this.fields = problem.errors ?? {};
    this.requestId = problem.request_id;
    this.retryAfter = retryAfter;
  }
}

/** Nobody answered. */
export class Unreachable extends Error {
  name = 'Unreachable';
}

/** @returns {Promise<{status: number, etag: string?, data: any}>} with no data for 204 and 304 */
export async function call(method, path, { body, headers = {} } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { Accept: 'application/json', 'X-Requested-With': 'familypa', ...(body && { 'Content-Type': 'application/json' }), ...headers },
      body: body && JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok || response.status === 304) {
      const hasData = response.status !== 204 && response.status !== 304 && response.headers.get('Content-Type')?.includes('json');
      return { status: response.status, etag: response.headers.get('ETag'), data: hasData ? await response.json() : undefined };
    }
  } catch (error) {
    throw new Unreachable(error.message, { cause: error });
  }
  const problem = await response.json().catch(() => ({}));
  const error = new ApiError(response.status, problem, Number(response.headers.get('Retry-After')) || undefined);
  if (error.status === 401 && !path.startsWith('/api/session')) dispatchEvent(new Event('familypa:signed-out'));
  throw error;
}

export const get = async path => (await call('GET', path)).data;

export const send = async (method, path, body, headers) => (await call(method, path, { body, headers })).data;

/** The header for a change of what was read, if nobody else has changed it since: else it is refused (412). */
export const unlessChanged = ({ version }) => ({ 'If-Match': `"${version}"` });

/** Keys for what one form sends. The same sent again, because no answer came, has the same one and is not done again. */
export class Keys {
  of(fields) {
    const content = JSON.stringify(fields);
    if (this.content !== content) Object.assign(this, { content, key: crypto.randomUUID() });
    return this.key;
  }
}

/** What to tell a person about an error. */
export function explain(error) {
  if (error instanceof Unreachable) return 'Family PA cannot be reached right now. Nothing was changed.';
  if (!(error instanceof ApiError)) return 'Something went wrong on this page.';
  if (error.status === 429) return `That was too often. Try again ${error.retryAfter > 90 ? `in ${Math.ceil(error.retryAfter / 60)} minutes` : 'in a minute'}.`;
  if (error.status >= 500) return 'Something went wrong on our side. Please try again.';
  const fields = Object.entries(error.fields).map(([name, reasons]) => `${LABELS[name] ?? name}: ${reasons.join(', ')}.`);
  return fields.length ? fields.join(' ') : error.message;
}
