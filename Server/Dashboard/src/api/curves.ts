import { useResource, type Growth, type Resource } from './resource';

/** Columns by round; null where a round has no such value. Round 0 stands for version 0, which is only evaluated. */
export interface Columns {
  round: number[];
  seconds: (number | null)[];
  accuracy: (number | null)[];
  loss: (number | null)[];
  trainingLoss: (number | null)[];
  accepted: number[];
  rejected: number[];
  discarded: number[];
  bytesUp: number[];
  bytesDown: number[];
}

/** Nothing changes any more up to the round that is settled. */
export interface Curves extends Columns { settled: number }

// A run of thousands of rounds is read once; afterwards only its end is.
const growth: Growth<Curves> = {
  since: known => `?after=${known.settled}`,
  // A restored coordinator may know less than this page does.
  join: (known, fresh) => fresh.settled < known.settled ? undefined : joined(known, fresh),
};

function joined(known: Curves, { settled, ...fresh }: Curves): Curves {
  const kept = known.round.findLastIndex(r => r <= known.settled) + 1;
  const all = Object.fromEntries(Object.entries(fresh).map(([name, values]) => [name, [...known[name as keyof Columns].slice(0, kept), ...values]]));
  return { settled, ...all as unknown as Columns };
}

export const useCurves = (run: string): Resource<Curves> => useResource<Curves>(`/runs/${encodeURIComponent(run)}/curves`, { when: e => e.run === run, growth });
