import { useResource, type Growth, type Resource } from './resource';
import type { Client, FederationEvent, Round, Run, Version } from './types';

const at = (run: string, rest = '') => `/runs/${encodeURIComponent(run)}${rest}`;
// Between two questions for an answer that a large fleet or many rounds make large.
const largeMs = 700;

const of = (run: string) => (e: FederationEvent) => e.run === run;

export const paths = {
  run: at,
  client: (id: string, rest = '') => `/fleet/${encodeURIComponent(id)}${rest}`,
  archive: (run: string, version: number) => `/adapters/${encodeURIComponent(run)}/${version}/archive`,
};

export const useRuns = (): Resource<Run[]> => useResource('/runs', { when: e => Boolean(e.run), all: true });

export const useRun = (run: string): Resource<Run> => useResource(at(run), { when: of(run) });

// Diagnostics per layer are worked out after a version is published, so that nobody waits for them.
const diagnosisMs = 60_000;
const undiagnosed = (r: Round | undefined): boolean => Boolean(r?.publishedMs && r.round > 0 && r.diagnostics.length === 0 && Date.now() - r.publishedMs < diagnosisMs);

export const useRound = (run: string, round: number): Resource<Round> => useResource<Round>(at(run, `/rounds/${round}`), { when: of(run), waits: undiagnosed });

/** The rounds after one, at most `limit`. */
export const useRounds = (run: string, after: number, limit: number): Resource<Round[]> =>
  useResource<Round[]>(at(run, `/rounds?after=${Math.max(-1, after)}&limit=${limit}`), { when: of(run), everyMs: largeMs, waits: rounds => undiagnosed(rounds.at(-1)) });

// Whoever has work is told by a round's beginning and end, not client by client; a fleet of thousands is a large answer.
const fleetKinds = new Set(['round-started', 'round-collected', 'attempt-failed', 'version-published', 'evaluation-finished', 'run-completed', 'run-stopped']);

export const useFleet = (): Resource<Client[]> => useResource('/fleet', { when: e => Boolean(e.client) || fleetKinds.has(e.kind), everyMs: largeMs, all: true });

// Versions never change: the last one that is known is asked for again, to see that the line is the same, with those after it.
const line: Growth<Version[]> = {
  since: known => `?after=${(known.at(-1)?.version ?? 0) - 1}`,
  join: (known, fresh) => known.length > 0 && fresh[0]?.digest === known.at(-1)!.digest ? [...known, ...fresh.slice(1)] : undefined,
};

export const useVersions = (run: string): Resource<Version[]> =>
  useResource<Version[]>(at(run, '/versions'), { when: e => e.run === run && e.kind.startsWith('version-'), all: true, growth: line });
