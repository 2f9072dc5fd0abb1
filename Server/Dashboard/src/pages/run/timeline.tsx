import type { Participation, PhaseSpan, Round } from '../../api/types';
import { millis } from '../../format';
import { usePages } from '../../parts/pages';
import { phaseName } from '../../parts/phases';

interface Lane { name: string; spans: PhaseSpan[] }

/** The round as time: the coordinator's steps above, each client's below. */
export function Timeline({ round }: { round: Round }) {
  const clients = round.participations.map(p => ({ name: p.client, spans: spansOf(p) })).filter(l => l.spans.length > 0);
  const { shown, turner } = usePages(clients);
  const all = [coordinator(round), ...clients];
  const from = round.startedMs;
  const to = Math.max(from + 1, ...all.flatMap(l => l.spans.map(s => s.toMs ?? Math.max(s.fromMs, round.publishedMs ?? Date.now()))));
  const kinds = [...new Set(all.flatMap(l => l.spans.map(s => s.phase)))];
  return (
    <div class="timeline">
      <ul class="legend">{kinds.map(k => <li key={k} class={`phase-${k}`}>{phaseName(k)}</li>)}</ul>
      <ol class="lanes">{[coordinator(round), ...shown].map(l => <Row key={l.name} lane={l} from={from} to={to} />)}</ol>
      <p class="scale muted" aria-hidden="true"><span>0</span><span>{millis((to - from) / 2)}</span><span>{millis(to - from)}</span></p>
      {turner}
    </div>
  );
}

function Row({ lane, from, to }: { lane: Lane; from: number; to: number }) {
  const share = (ms: number) => `${(100 * Math.min(1, Math.max(0, (ms - from) / (to - from)))).toFixed(3)}%`;
  const words = lane.spans.map(s => `${phaseName(s.phase)} ${s.toMs === null ? 'under way' : millis(s.toMs - s.fromMs)}`);
  return (
    <li>
      <span class="lane-name" title={lane.name}>{lane.name}</span>
      <span class="lane" role="img" aria-label={`${lane.name}: ${words.join(', ')}`}>
        {lane.spans.map((s, i) => {
          const end = s.toMs ?? to;
          return <i key={`${s.phase}${s.fromMs}`} class={`phase-${s.phase} ${s.toMs === null ? 'open' : ''}`} title={words[i]} style={{ left: share(s.fromMs), width: share(from + end - s.fromMs) }} />;
        })}
      </span>
    </li>
  );
}

/** Of an old round only the ends are in the record. */
const spansOf = (p: Participation): PhaseSpan[] => p.phases?.length ? p.phases
  : p.assignedMs ? [{ phase: 'work', fromMs: p.assignedMs, toMs: p.acceptedMs ?? p.assignedMs }] : [];

function coordinator(round: Round): Lane {
  const { startedMs, collectedMs, foldedMs, publishedMs } = round;
  const spans: PhaseSpan[] = [{ phase: 'collect', fromMs: startedMs, toMs: collectedMs ?? null }];
  if (collectedMs) spans.push({ phase: 'fold', fromMs: collectedMs, toMs: foldedMs ?? null });
  if (foldedMs) spans.push({ phase: 'publish', fromMs: foldedMs, toMs: publishedMs ?? null });
  return { name: 'Coordinator', spans };
}
