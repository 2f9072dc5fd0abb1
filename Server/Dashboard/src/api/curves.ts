import { useResource, type Resource } from './resource';

/** Columns by round; null where a round has no such value. Round 0 stands for version 0, which is only evaluated. */
export interface Curves {
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

export const useCurves = (run: string): Resource<Curves> => useResource(`/runs/${encodeURIComponent(run)}/curves`, { when: e => e.run === run });
