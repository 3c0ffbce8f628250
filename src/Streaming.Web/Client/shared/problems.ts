/** Problem details (RFC 9457) as the server sends them. */
export interface Problem {
  type?: string;
  title?: string;
  detail?: string;
  status?: number;
  errors?: Record<string, string[]>;
  currentVersion?: string | number;
}

/** The sentence to show: the server's own where there is one, else what the status means to a person. */
export function wordsFor(status: number, problem: Problem | null): string {
  if (problem?.detail) return problem.detail;
  if (status === 0) return 'The server cannot be reached. Check the connection and try again.';
  if (status === 401) return 'You are signed out. Sign in again, then repeat this.';
  if (status === 403) return 'Your account may not do this.';
  if (status === 404 || status === 410) return 'It is not there any more.';
  if (status === 413) return 'The file is larger than this server accepts.';
  if (status === 507) return 'The server has no room left for this.';
  return `The server answered with an error (${status}). Try again in a moment.`;
}

export function parseProblem(body: string): Problem | null {
  try {
    return JSON.parse(body) as Problem;
  } catch {
    return null;
  }
}

export interface Answer {
  ok: boolean;
  status: number;
  body: unknown;
  problem: Problem | null;
  etag: string | null;
}

/** A JSON call that never throws: no connection is status 0. */
export async function call(method: string, address: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  try {
    const response = await fetch(address, {
      method,
      headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(body instanceof Blob ? 120_000 : 20_000),
    });
    const text = await response.text();
    const parsed: unknown = text ? parseProblem(text) : null;
    return { ok: response.ok, status: response.status, body: parsed, problem: response.ok ? null : (parsed as Problem | null), etag: response.headers.get('ETag') };
  } catch {
    return { ok: false, status: 0, body: null, problem: null, etag: null };
  }
}
