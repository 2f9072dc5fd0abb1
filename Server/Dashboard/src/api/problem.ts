/** What the interface refuses, as it says it: a stable code and a sentence (docs/errors.md). */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly retryAfterSeconds?: number) {
    super(message);
  }

  /** This server has no such route: an older version, or a feature that is not there. */
  get isAbsent(): boolean {
    return this.status === 404 && this.code === '';
  }

  static async of(response: Response): Promise<Problem> {
    let code = '';
    let message = `The server answered ${response.status} ${response.statusText}`.trim() + '.';
    if (response.headers.get('content-type')?.includes('json')) {
      const body = await response.json().catch(() => ({})) as { code?: string; detail?: string; title?: string };
      code = body.code ?? '';
      message = body.detail ?? body.title ?? message;
    }
    const wait = Number(response.headers.get('retry-after'));
    return new Problem(response.status, code, message, Number.isFinite(wait) && wait > 0 ? wait : undefined);
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {
  constructor() {
    super('The coordinator does not answer. It may be restarting; this page tries again by itself.');
  }
}
