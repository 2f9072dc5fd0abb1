import { useState } from 'preact/hooks';
import type { Run } from '../../api/types';
import { bytes, short } from '../../format';
import { Icon } from '../../parts/icons';
import { fileNames, type Draft, type Part } from './draft';
import { Field } from './field';

interface Props { draft: Draft; set: (change: Partial<Draft>) => void; runs: readonly Run[]; wrong: string | undefined }

/** Where the adapter comes from: the files of "adapter init", or those that an earlier run named. */
export function BundlePicker({ draft, set, runs, wrong }: Props) {
  const [problem, setProblem] = useState<string>();
  const bundle = draft.bundle;
  const take = async (files: FileList | null) => {
    try {
      set({ bundle: await read([...files ?? []]) });
      setProblem(undefined);
    } catch (e) {
      set({ bundle: null });
      setProblem((e as Error).message);
    }
  };
  const choose = (name: string) => {
    const run = runs.find(r => r.id === name);
    setProblem(undefined);
    set({ bundle: run ? { kind: 'run', run: name, base: run.spec.base, digests: { schema: run.spec.schema, plan: run.spec.plan, version0: run.spec.version0 } } : null });
  };
  return (
    <>
      <Field name="Files of the adapter" hint="Choose init.json, schema.json, plan.json and version0.safetensors together" wrong={problem ?? wrong}
        input={p => <input {...p} type="file" multiple accept=".json,.safetensors" onChange={e => void take(e.currentTarget.files)} />} />
      {runs.length > 0 && <Field name="Or the adapter of a run" hint="Begins again from that run's version 0"
        input={p => <select {...p} value={bundle?.kind === 'run' ? bundle.run : ''} onChange={e => choose(e.currentTarget.value)}><option value="">–</option>{runs.map(r => <option key={r.id}>{r.id}</option>)}</select>} />}
      {bundle && <p class="chosen"><Icon name="check" /><span>Base <code title={bundle.base}>{short(bundle.base)}</code>{bundle.kind === 'files' && `, ${bytes(Object.values(bundle.files).reduce((n, f) => n + f.size, 0))} to upload`}</span></p>}
    </>
  );
}

async function read(files: File[]): Promise<Draft['bundle']> {
  const find = (name: string) => {
    const file = files.find(f => f.name === name);
    if (!file) throw new Error(`${name} is missing; “federated adapter init” writes it beside the others.`);
    return file;
  };
  const base = (JSON.parse(await find('init.json').text().then(notEmpty)) as { base?: string }).base;
  if (!base) throw new Error('init.json names no base; it was not written by “federated adapter init”.');
  const parts = Object.keys(fileNames) as Part[];
  return { kind: 'files', base, files: Object.fromEntries(parts.map(p => [p, find(fileNames[p])])) as Record<Part, File> };
}

const notEmpty = (text: string): string => {
  if (!text.trim().startsWith('{')) throw new Error('init.json is no JSON object.');
  return text;
};
