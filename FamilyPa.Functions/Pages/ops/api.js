// The operators' API. The function key is held by this tab alone and only ever travels in a header: addresses end up in logs and histories.

const SLOT = 'familypa.operator';
const PATIENCE = 60_000;

/** The server said no. `code` is the stable one of its problem details. */
export class ApiError extends Error {
  constructor(status, problem) {
    const fields = Object.entries(problem.errors ?? {}).map(([field, why]) => `${field}: ${[why].flat().join(' ')}`);
    super([problem.detail ?? problem.title ?? `HTTP ${status}`, ...fields].join(' '));
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code;
  }
}

export const hasKey = () => sessionStorage.getItem(SLOT) !== null;

export const forgetKey = () => sessionStorage.removeItem(SLOT);

/** @returns {Promise<boolean>} whether the key opens anything */
export async function useKey(key) {
  sessionStorage.setItem(SLOT, key);
  try {
    await get('/api/admin/overview?hours=1');
    return true;
  } catch (error) {
    forgetKey();
    if (error.status === 401 || error.status === 403) return false;
    throw error;
  }
}

export const get = path => call('GET', path);

export const post = (path, body) => call('POST', path, body);

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { Accept: 'application/json', 'x-functions-key': sessionStorage.getItem(SLOT) ?? '', ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    throw new Error('The app did not answer.', { cause: error });
  }
  if (response.ok) return response.json();
  if (response.status === 401 || response.status === 403) dispatchEvent(new Event('familypa:signed-out'));
  throw new ApiError(response.status, await response.json().catch(() => ({})));
}
