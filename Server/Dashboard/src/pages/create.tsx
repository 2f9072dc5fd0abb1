import { useState } from 'preact/hooks';
import { Problem } from '../api/problem';
import { post } from '../api/rest';
import { useRuns } from '../api/routes';
import type { Run } from '../api/types';
import { Head } from '../parts/head';
import { Icon } from '../parts/icons';
import { Panel } from '../parts/panel';
import { say } from '../parts/toast';
import { go } from '../router';
import { BundlePicker } from './create/bundle';
import { Choice, Field } from './create/field';
import { defaults, specOf, wrongIn, type Draft } from './create/draft';
import { StrategyField } from './create/strategy';

/** Everything that is decided before a run begins; what the server would refuse is told beside the field. */
export function CreatePage() {
  const runs = useRuns();
  const [draft, setDraft] = useState<Draft>(defaults);
  const [touched, setTouched] = useState(false);
  const [refusal, setRefusal] = useState<Error>();
  const [busy, setBusy] = useState(false);
  const wrong = wrongIn(draft, runs.data ?? []);
  const set = (change: Partial<Draft>) => setDraft(d => ({ ...d, ...change }));
  const shown = touched ? wrong : {};

  const submit = async (validateOnly: boolean) => {
    setTouched(true);
    setRefusal(undefined);
    if (Object.keys(wrong).length > 0) {
      document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      return;
    }
    setBusy(true);
    try {
      const run = await post<Run>(`/runs${validateOnly ? '?validate=true' : ''}`, await specOf(draft));
      if (validateOnly) say('The coordinator would accept this run.');
      else {
        say(`${run.id} is created.`);
        go(`/runs/${run.id}`);
      }
    } catch (e) {
      setRefusal(e as Error);
    }
    setBusy(false);
  };

  return (
    <>
      <Head title="New run" above={<a href="/runs">Runs</a>} />
      <form class="create" noValidate onSubmit={e => { e.preventDefault(); void submit(false); }}>
        <Panel title="Adapter" note="what every client trains">
          <BundlePicker draft={draft} set={set} runs={runs.data ?? []} wrong={shown.bundle} />
        </Panel>
        <Panel title="Run">
          <Field name="Name" hint="Its id for ever: lower-case letters, digits, dot, dash, underline" wrong={shown.name}
            input={p => <input {...p} value={draft.name} onInput={e => set({ name: e.currentTarget.value })} placeholder="fashion-fair" autocomplete="off" spellcheck={false} />} />
          <StrategyField value={draft.strategy} set={strategy => set({ strategy })} wrong={shown.strategy} />
          <Field name="Rounds" wrong={shown.rounds} number={[1, 1_000_000]} value={draft.rounds} set={rounds => set({ rounds })} />
        </Panel>
        <Panel title="Cohort" note="who takes part in a round">
          <Field name="Clients per round" wrong={shown.size} number={[1, 10_000]} value={draft.size} set={size => set({ size })} />
          <Field name="Enough updates" hint="Collecting ends at once with this many; empty: all" wrong={shown.quorum} number={[1, 10_000]} value={draft.quorum} set={quorum => set({ quorum })} />
          <Field name="Fewest updates" hint="The deadline needs this many, or the attempt fails" wrong={shown.minimum} number={[1, 10_000]} value={draft.minimum} set={minimum => set({ minimum })} />
          <Field name="Deadline, seconds" wrong={shown.deadline} number={[0, 2_592_000]} value={draft.deadline} set={deadline => set({ deadline })} />
          <Field name="Only these clients" hint="Ids, apart by commas or spaces; empty: everybody" wrong={shown.clients}
            input={p => <input {...p} value={draft.clients} onInput={e => set({ clients: e.currentTarget.value })} spellcheck={false} />} />
        </Panel>
        <Panel title="Training" note="at each client, each round">
          <Field name="Steps" wrong={shown.steps} number={[1, 1_000_000]} value={draft.steps} set={steps => set({ steps })} />
          <Field name="Batch size" wrong={shown.batch} number={[1, 65_536]} value={draft.batch} set={batch => set({ batch })} />
          <Field name="Learning rate" wrong={shown.rate} number={[0, 100]} step="any" value={draft.rate} set={rate => set({ rate })} />
          <Choice name="Optimiser" value={draft.optimizer} options={['adamw', 'sgd']} set={optimizer => set({ optimizer })} />
          <Choice name="Encoding of updates" value={draft.encoding} options={['f32', 'f16', 'bf16']} set={encoding => set({ encoding })} />
          <Field name="Evaluate every" hint="Rounds between evaluations; empty: never" wrong={shown.every} number={[1, 1_000_000]} value={draft.every} set={every => set({ every })} />
        </Panel>
        {refusal && <div class="failure" role="alert"><Icon name="warning" /><div><p>{refusal.message}</p>{refusal instanceof Problem && refusal.code && <p class="muted">Code <code>{refusal.code}</code>. Nothing was created.</p>}</div></div>}
        {touched && Object.keys(wrong).length > 0 && <p class="field-error" role="alert">Some fields need another value; each says which.</p>}
        <div class="buttons create-buttons">
          <button type="button" disabled={busy} onClick={() => void submit(true)}>Check only</button>
          <button class="primary" disabled={busy}>{busy ? 'Working…' : 'Create run'}</button>
        </div>
      </form>
    </>
  );
}
