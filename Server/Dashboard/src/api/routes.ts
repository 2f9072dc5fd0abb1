import { useResource, type Resource } from './resource';
import type { Client, FederationEvent, Round, Run, Version } from './types';

const at = (run: string, rest = '') => `/runs/${encodeURIComponent(run)}${rest}`;
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
  useResource<Round[]>(at(run, `/rounds?after=${Math.max(-1, after)}&limit=${limit}`), { when: of(run), waits: rounds => undiagnosed(rounds.at(-1)) });

// Whoever has work is told by a round's beginning and end, not client by client; a fleet of thousands is a large answer.
const fleetKinds = new Set(['round-started', 'round-collected', 'attempt-failed', 'version-published', 'evaluation-finished', 'run-completed', 'run-stopped']);
const fleetMs = 700;

export const useFleet = (): Resource<Client[]> => useResource('/fleet', { when: e => Boolean(e.client) || fleetKinds.has(e.kind), everyMs: fleetMs, all: true });

export const useVersions = (run: string): Resource<Version[]> => useResource(at(run, '/versions'), { when: of(run), all: true });
