import { treeDigest } from '../../api/digest';
import { put } from '../../api/rest';
import type { Run } from '../../api/types';

/** What the form holds: numbers as they were typed, because an empty field means something. */
export interface Draft {
  name: string; strategy: string; rounds: string;
  size: string; quorum: string; minimum: string; deadline: string; clients: string;
  steps: string; batch: string; rate: string; optimizer: string; encoding: string; every: string;
  bundle: Bundle | null;
}

/** Base and the three files of an adapter: as files to upload, or as digests that the coordinator holds. */
export type Bundle =
  | { kind: 'files'; base: string; files: Record<Part, File> }
  | { kind: 'run'; run: string; base: string; digests: Record<Part, string> };

export type Part = 'schema' | 'plan' | 'version0';

export const fileNames: Record<Part, string> = { schema: 'schema.json', plan: 'plan.json', version0: 'version0.safetensors' };

export const defaults: Draft = {
  name: '', strategy: 'lora-fair', rounds: '20',
  size: '', quorum: '', minimum: '1', deadline: '300', clients: '',
  steps: '20', batch: '32', rate: '0.01', optimizer: 'adamw', encoding: 'f32', every: '1',
  bundle: null,
};

export type Wrong = Partial<Record<keyof Draft, string>>;

const id = /^[a-z0-9][a-z0-9._-]{0,62}$/;

const clientsOf = (draft: Draft): string[] => draft.clients.split(/[\s,]+/).filter(Boolean);

/** What the server would refuse and a page can know. */
export function wrongIn(draft: Draft, runs: readonly Run[]): Wrong {
  const wrong: Wrong = {};
  const clients = clientsOf(draft);
  if (!draft.bundle) wrong.bundle = 'Choose the folder that “adapter init” wrote, or the adapter of an earlier run.';
  if (!id.test(draft.name)) wrong.name = draft.name ? `“${draft.name}” is no name: 1 to 63 lower-case letters, digits, dot, dash or underline, a letter or digit first.` : 'A run needs a name.';
  else if (runs.some(r => r.id === draft.name)) wrong.name = `There is a run “${draft.name}”; names are never used again.`;
  if (!draft.strategy) wrong.strategy = 'Choose how updates are combined.';
  const badClient = clients.find(c => !id.test(c));
  if (badClient) wrong.clients = `“${badClient}” is no client id.`;
  whole(draft, 'rounds', 1, 1_000_000, wrong);
  whole(draft, 'size', 1, clients.length || 10_000, wrong, clients.length > 0);
  const size = Number(draft.size) || clients.length || 10_000;
  whole(draft, 'quorum', 1, size, wrong, true);
  whole(draft, 'minimum', 1, Number(draft.quorum) || size, wrong);
  whole(draft, 'deadline', 0, 2_592_000, wrong);
  whole(draft, 'steps', 1, 1_000_000, wrong);
  whole(draft, 'batch', 1, 65_536, wrong);
  whole(draft, 'every', 1, 1_000_000, wrong, true);
  if (!(Number(draft.rate) > 0)) wrong.rate = `“${draft.rate}” is no learning rate; it must be above 0.`;
  return wrong;
}

function whole(draft: Draft, field: 'rounds' | 'size' | 'quorum' | 'minimum' | 'deadline' | 'steps' | 'batch' | 'every', min: number, max: number, wrong: Wrong, optional = false): void {
  const text = draft[field].trim();
  if (text === '' && optional) return;
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < min || value > max) {
    wrong[field] = `${text === '' ? 'Nothing is given' : `“${text}” is given`}; ${min.toLocaleString('en')} to ${max.toLocaleString('en')} is allowed.`;
  }
}

/** The RunSpec of docs/runs.md; files go up first, because a run names them by digest. */
export async function specOf(draft: Draft): Promise<object> {
  const clients = clientsOf(draft);
  const bundle = draft.bundle!;
  const optional = (key: string, text: string) => text.trim() === '' ? {} : { [key]: Number(text) };
  return {
    name: draft.name,
    base: bundle.base,
    ...bundle.kind === 'run' ? bundle.digests : await upload(bundle.files),
    strategy: draft.strategy,
    ...clients.length > 0 && { clients },
    rounds: Number(draft.rounds),
    cohort: { ...optional('size', draft.size), ...optional('quorum', draft.quorum), minimum: Number(draft.minimum), deadlineSeconds: Number(draft.deadline) },
    train: { steps: Number(draft.steps), batchSize: Number(draft.batch), optimizer: draft.optimizer, learningRate: Number(draft.rate) },
    ...draft.every.trim() !== '' && { evaluate: { everyRounds: Number(draft.every) } },
    encoding: draft.encoding,
  };
}

async function upload(files: Record<Part, File>): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const part of Object.keys(fileNames) as Part[]) {
    const digest = await treeDigest(files[part]);
    await put(`/blobs/${digest}`, files[part]);
    digests[part] = digest;
  }
  return digests;
}
