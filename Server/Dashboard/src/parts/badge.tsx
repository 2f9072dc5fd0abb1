import type { Run } from '../api/types';

export type Tone = 'ok' | 'busy' | 'wait' | 'bad' | 'still';

const tones: Record<string, Tone> = {
  Completed: 'ok', Connected: 'ok', Accepted: 'ok', Published: 'ok', Approved: 'ok',
  Collecting: 'busy', Aggregating: 'busy', Publishing: 'busy', Assigned: 'busy',
  Selecting: 'wait', Idle: 'wait', Paused: 'wait', Pending: 'wait', Draining: 'wait', Drained: 'wait', Surplus: 'wait', Declined: 'wait',
  Failed: 'bad', Rejected: 'bad', Stopped: 'still', Revoked: 'bad', Disconnected: 'still', Superseded: 'still',
};

export const Badge = ({ state, tone }: { state: string; tone?: Tone }) => (
  <span class={`badge ${tone ?? tones[state] ?? 'still'}`}>{state}</span>
);

export const ended = (run: Run): boolean => run.phase === 'Completed' || run.phase === 'Stopped';

/** Pausing is a flag that takes effect between rounds, so both are told. */
export const RunBadge = ({ run }: { run: Run }) => (
  <span class="badges">
    {run.paused && !ended(run) && <Badge state="Paused" />}
    {!(run.paused && run.phase === 'Idle') && <Badge state={run.phase} />}
  </span>
);
