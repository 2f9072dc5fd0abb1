// Every setting of a RunSpec (docs/runs.md) but the adapter's files: one line each, by its path in the JSON. A test compares the paths
// with what the coordinator reads.

interface Common {
  path: string; name: string; hint?: string; start?: string;
  /** Shown, and sent, only while another setting has a value, or one of these. */
  when?: { path: string; is?: string[] };
}

/** What a setting is: text, a number in a range, one of a few words (the first is the coordinator's default and is not sent), a rule. */
export type FieldSpec = Common & (
  | { kind: 'text' | 'clients' | 'rule' | 'strategy' }
  | { kind: 'whole' | 'number'; min: number; max: number; above?: boolean; required?: boolean }
  | { kind: 'choice'; options: [string, string][] }
  | { kind: 'flag' });

export interface Section { title: string; note: string; folded?: boolean; fields: FieldSpec[] }

const whole = (path: string, name: string, min: number, max: number, more: Partial<FieldSpec> = {}): FieldSpec => ({ kind: 'whole', path, name, min, max, ...more }) as FieldSpec;
const real = (path: string, name: string, min: number, max: number, more: Partial<FieldSpec> & { above?: boolean } = {}): FieldSpec => ({ kind: 'number', path, name, min, max, ...more }) as FieldSpec;
const choice = (path: string, name: string, options: [string, string][], more: Partial<FieldSpec> = {}): FieldSpec => ({ kind: 'choice', path, name, options, ...more }) as FieldSpec;
const rule = (path: string, name: string, hint: string): FieldSpec => ({ kind: 'rule', path, name, hint });
const same = (...words: string[]): [string, string][] => words.map(w => [w, w]);

const isPrivate = { path: 'privacy.at', is: ['server', 'site'] };
const isAdaptive = { path: 'privacy.adaptive.on', is: ['yes'] };
const isLate = { path: 'asynchrony.mode', is: ['semi-synchronous', 'asynchronous'] };
const evaluates = { path: 'evaluate.everyRounds' };
const required = { required: true };

export const sections: Section[] = [
  { title: 'Run', note: 'its name and how updates are combined', fields: [
    { kind: 'text', path: 'name', name: 'Name', hint: 'Its id for ever: lower-case letters, digits, dot, dash, underline' },
    { kind: 'strategy', path: 'strategy', name: 'Strategy', start: 'lora-fair' },
    whole('rounds', 'Rounds', 1, 1_000_000, { start: '20', ...required }),
  ] },
  { title: 'Cohort', note: 'who takes part in a round', fields: [
    whole('cohort.size', 'Clients per round', 1, 10_000, { hint: 'Empty: all of “Only these clients”' }),
    whole('cohort.quorum', 'Enough updates', 1, 10_000, { hint: 'Collecting ends at once with this many; empty: all' }),
    whole('cohort.minimum', 'Fewest updates', 1, 10_000, { hint: 'The deadline needs this many, or the attempt fails', start: '1' }),
    whole('cohort.deadlineSeconds', 'Deadline, seconds', 0, 2_592_000, { hint: '0: none', start: '300' }),
    { kind: 'clients', path: 'clients', name: 'Only these clients', hint: 'Ids, apart by commas or spaces; empty: everybody' },
  ] },
  { title: 'Training', note: 'at each client, each time', fields: [
    whole('train.steps', 'Steps', 1, 1_000_000, { start: '20', ...required }),
    whole('train.batchSize', 'Batch size', 1, 1_000_000, { start: '32' }),
    real('train.learningRate', 'Learning rate', 0, 1e6, { start: '0.01', above: true, ...required }),
    choice('train.optimizer', 'Optimiser', same('adamw', 'sgd')),
    choice('encoding', 'Encoding of updates', [['f32', 'f32, exact'], ['f16', 'f16, half the bytes'], ['bf16', 'bf16, half the bytes']]),
    whole('evaluate.everyRounds', 'Evaluate every', 1, 1_000_000, { hint: 'So many versions apart, on held-out data; empty: never', start: '1' }),
  ] },
  { title: 'Privacy', note: 'what an update and a version may tell', fields: [
    choice('trust', 'Trust in the coordinator', [['server', 'It may see what sites send'], ['none', 'It sees nothing without noise']]),
    choice('privacy.at', 'Noise', [['', 'None'], ['server', 'Added by the coordinator'], ['site', 'Added at each site']], { hint: 'The coordinator’s noise needs the weights “uniform”' }),
    real('privacy.epsilon', 'Budget ε', 1e-9, 1e9, { hint: 'The run stops before anybody would spend more', start: '8', when: isPrivate, ...required }),
    real('privacy.delta', 'δ', 1e-15, 0.5, { start: '0.00001', when: isPrivate, ...required }),
    real('privacy.clip', 'Bound of an update', 1e-12, 1e12, { hint: 'Euclidean norm; what is longer is shortened', start: '0.5', when: isPrivate, ...required }),
    real('privacy.noise', 'Noise multiplier', 1e-6, 1e6, { hint: 'Standard deviation over the bound', start: '1.2', when: isPrivate, ...required }),
    choice('privacy.unit', 'Protects', [['client', 'A client’s whole part'], ['record', 'Each single record (noise at the site)']], { when: isPrivate }),
    choice('privacy.accountant', 'Accountant', [['rdp', 'rdp: Rényi'], ['pld', 'pld: tighter, slower']], { when: isPrivate }),
    real('privacy.termClip', 'Bound of later passes', 1e-12, 1e12, { hint: 'Of rules with several passes; empty: as above', when: isPrivate }),
    real('privacy.termNoise', 'Noise of later passes', 1e-6, 1e6, { hint: 'Empty: as above', when: isPrivate }),
    choice('privacy.adaptive.on', 'Bound follows the norms', [['', 'No'], ['yes', 'Yes, with a noised count']], { when: { path: 'privacy.at', is: ['server'] } }),
    real('privacy.adaptive.quantile', 'Quantile to follow', 0.01, 0.99, { start: '0.5', when: isAdaptive }),
    real('privacy.adaptive.rate', 'How fast', 1e-6, 10, { start: '0.2', when: isAdaptive }),
    real('privacy.adaptive.countNoise', 'Noise of the count', 1e-6, 1e6, { hint: 'Empty: a twentieth of the quorum', when: isAdaptive }),
    { kind: 'text', path: 'probePack', name: 'Probe pack', hint: 'Digest of public candidates that updates are measured against; empty: none' },
  ] },
  { title: 'Late work', note: 'updates that outlive their round', folded: true, fields: [
    choice('asynchrony.mode', 'Stragglers', [['', 'Are cancelled'], ['semi-synchronous', 'Go on, and count later'], ['asynchronous', 'There are none: whoever is free trains (FedBuff)']]),
    whole('asynchrony.maxStaleness', 'Versions too old', 1, 1_000, { hint: 'Older work is taken back', start: '20', when: isLate }),
  ] },
  { title: 'Choice of clients', note: 'whom a round asks', folded: true, fields: [
    choice('selection.kind', 'Choice', [['uniform', 'By lot'], ['oort', 'By use and speed (Oort)']]),
    real('selection.overSelect', 'Asked for each one needed', 1, 4, { hint: 'Above 1: what drop-outs will take away', start: '1' }),
    whole('selection.fairnessWindow', 'Nobody waits longer than', 0, 100_000, { hint: 'In rounds; 0: no rule', start: '20', when: { path: 'selection.kind', is: ['oort'] } }),
    real('selection.deadlineFactor', 'Own deadline', 0, 1_000, { hint: 'As a multiple of the predicted time; 0: none', start: '0' }),
    whole('cohort.graceSeconds', 'Grace after a restart, seconds', 0, 86_400, { start: '30' }),
    whole('cohort.maxAttempts', 'Attempts before the run stops', 1, 1_000, { start: '5' }),
  ] },
  { title: 'More of training', note: 'regularisation, evaluation, an early end', folded: true, fields: [
    real('train.weightDecay', 'Weight decay', 0, 1e6, { start: '0' }),
    real('train.momentum', 'Momentum', 0, 1, { start: '0', when: { path: 'train.optimizer', is: ['sgd'] } }),
    real('train.clipNorm', 'Clip gradients at', 0, 1e12, { hint: '0: not', start: '0' }),
    real('train.proximal', 'Pull to the start (FedProx)', 0, 1e6, { hint: '0: none', start: '0' }),
    whole('evaluate.batchSize', 'Batch of an evaluation', 1, 1_000_000, { start: '256', when: evaluates }),
    whole('evaluate.maxSamples', 'Held-out samples at most', 0, 2 ** 40, { hint: '0: all', start: '0', when: evaluates }),
    choice('stop.on', 'Early end', [['', 'No'], ['yes', 'By the evaluation']], { when: evaluates }),
    choice('stop.metric', 'Judged by', same('accuracy', 'loss'), { when: { path: 'stop.on', is: ['yes'] } }),
    real('stop.target', 'Target', 0, 1e12, { hint: 'Reached: the run is complete; empty: none', when: { path: 'stop.on', is: ['yes'] } }),
    whole('stop.patience', 'Patience', 0, 1_000_000, { hint: 'Versions without a better value; 0: for ever', start: '10', when: { path: 'stop.on', is: ['yes'] } }),
    real('stop.minDelta', 'What counts as better', 0, 1e12, { start: '0', when: { path: 'stop.on', is: ['yes'] } }),
  ] },
  { title: 'Rules and limits', note: 'instead of what the strategy brings', folded: true, fields: [
    rule('weigher', 'Weights', 'samples, uniform, staleness, krum …; empty: the strategy’s'),
    rule('product', 'Rule of products', 'fedit, flora, rolora …, or {"name": …, options}'),
    rule('affine', 'Rule of affine groups', 'mean, median …, or {"name": …, options}'),
    rule('opaque', 'Rule of opaque groups', 'mean …, or {"name": …, options}'),
    rule('seedTrace', 'Rule of seed traces', 'replay …, or {"name": …, options}'),
    rule('serverOptimizer', 'Optimiser of the coordinator', 'none, fedavgm, fedadam …, or {"name": …, options}'),
    real('limits.updateNorm', 'Longest update', Number.MIN_VALUE, Number.MAX_VALUE, { hint: 'A longer one is rejected', start: '1000000' }),
    whole('seed', 'Seed', 0, Number.MAX_SAFE_INTEGER, { hint: 'Of what the coordinator draws', start: '1' }),
    { kind: 'flag', path: 'keepUpdates', name: 'Keep accepted updates', hint: 'For replays; they are the most sensitive data here' },
  ] },
];

export const fields: FieldSpec[] = sections.flatMap(s => s.fields);
