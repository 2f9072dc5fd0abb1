import { useResource, type Resource } from './resource';
import type { Client, FederationEvent, Round, Run, Version } from './types';

const at = (run: string, rest = '') => `/runs/${encodeURIComponent(run)}${rest}`;
const of = (run: string) => (e: FederationEvent) => e.run === run;

export const paths = {
  run: at,
  client: (id: string, rest = '') => `/fleet/${encodeURIComponent(id)}${rest}`,
  archive: (run: string, version: number) => `/adapters/${encodeURIComponent(run)}/${version}/archive`,
};

export const useRuns = (): Resource<Run[]> => useResource('/runs', e => Boolean(e.run));

export const useRun = (run: string): Resource<Run> => useResource(at(run), of(run));

export const useRound = (run: string, round: number): Resource<Round> => useResource(at(run, `/rounds/${round}`), of(run));

/** The rounds after one, at most `limit`. */
export const useRounds = (run: string, after: number, limit: number): Resource<Round[]> =>
  useResource(at(run, `/rounds?after=${Math.max(-1, after)}&limit=${limit}`), of(run));

export const useFleet = (): Resource<Client[]> => useResource('/fleet', e => Boolean(e.client));

export const useVersions = (run: string): Resource<Version[]> => useResource(at(run, '/versions'), of(run));
