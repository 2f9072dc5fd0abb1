using Federated.Aggregators.Adapters;
using Federated.Aggregators.Numerics;
using Federated.Client.Adapters;
using Federated.Client.Models.Gpt2;
using Federated.Client.Models.Tokenizers;
using Federated.Client.Peft.ParallelAdapter;
using Federated.Privacy.Attacks;
using Federated.Privacy.Probes;
using AttackOutcome = Federated.Privacy.Attacks.AttackResult;

namespace Federated.Cli.Audit;

/// <summary>Attacks updates of one method under every defence, on texts of which every second carries an invented number.</summary>
sealed class Auditor(Gpt2Model model, BytePairTokenizer tokenizer, IReadOnlyList<string> texts, AuditSettings settings)
{
    const int ControlsPerToken = 4;
    const int Openings = 64;
    const int Shadows = 32;

    /// <summary>One row per defence. The span test is tried where an update has rows for it, otherwise what the update makes likelier.</summary>
    public IReadOnlyList<AuditRow> Run(string method, CancellationToken stop)
    {
        using var target = new ModelTarget(model, Start(method), settings.Length);
        if (settings.NoteSteps > 0)
            target.FineTuneBase(Notes(), new FineTuning(settings.NoteSteps, 8, 1e-3, (int)settings.Seed));
        var name = ReadsRows(target) ? "span" : "likelihood";
        var attacks = Attacks(target);
        var outcomes = Defence.All.ToDictionary(d => d.Name, _ => new List<Outcome>());
        for (var batch = 0; batch < settings.Batches; batch++)
        {
            stop.ThrowIfCancellationRequested();
            var (truth, secrets) = Batch(batch);
            var update = target.Update(truth, settings.Steps, settings.Rate);
            var controls = Controls(truth);
            foreach (var defence in Defence.All)
            {
                var sent = defence.Apply(update, batch);
                outcomes[defence.Name].Add(new Outcome(attacks[defence.Name](sent, truth, controls, secrets), secrets.Count > 0, Gain(target, sent, truth)));
            }
        }
        var whole = outcomes[Defence.None].Average(o => o.Gain);
        return [.. Defence.All.Select(d => Row(method, name, d, outcomes[d.Name], whole))];
    }

    static bool ReadsRows(ModelTarget target) => target.Rows.Any(r => r.Block == 0);

    /// <summary>By defence; the span test needs to know nothing of it.</summary>
    Dictionary<string, Attack> Attacks(ModelTarget target)
    {
        if (ReadsRows(target))
        {
            var span = new RecitAttack(target, new TokenPairing(Beam: 16));
            return Defence.All.ToDictionary(d => d.Name, _ => (Attack)span.Run);
        }
        var shadows = Unrelated();
        int[][] sequences = [.. shadows.SelectMany(b => b)];
        int[][] openings = [.. Enumerable.Range(0, Openings).Select(i => Beginning(sequences[i % sequences.Length], i))];
        // A noise of their own: the seeds of the attacked updates count from 0.
        return Defence.All.ToDictionary(d => d.Name, d => (Attack)new LikelihoodAttack(target, openings,
            new ShadowTraining(shadows, settings.Steps, settings.Rate) { Defence = (update, i) => d.Apply(update, settings.Batches + i) }).Run);
    }

    // Of every length but the whole.
    static int[] Beginning(int[] sequence, int index) => sequence[..(1 + index % (sequence.Length - 1))];

    /// <summary>Batches as the client's, of text that is not attacked: the caller's other texts, as an attacker has text of the same kind, and random tokens where those are too few.</summary>
    int[][][] Unrelated()
    {
        var (random, others) = (new Random((int)settings.Seed), new Queue<string>(texts.Skip((settings.Batches * settings.BatchSize + 1) / 2)));
        int[] Next()
        {
            if (others.TryDequeue(out var text) && Cut(tokenizer.Encode(text), settings.Length) is { Length: > 1 } tokens)
                return tokens;
            return [.. Enumerable.Range(0, settings.Length).Select(_ => random.Next(model.Config.Vocabulary))];
        }
        return [.. Enumerable.Range(0, Shadows).Select(_ => Enumerable.Range(0, settings.BatchSize).Select(_ => Next()).ToArray())];
    }

    /// <summary>How much the update lowers the loss on its own texts.</summary>
    static double Gain(ModelTarget target, IReadOnlyDictionary<string, float[]> sent, int[][] truth)
    {
        var before = target.Evaluate(truth);
        target.Apply(sent, 1);
        var after = target.Evaluate(truth);
        target.Apply(sent, -1);
        return before - after;
    }

    static AuditRow Row(string method, string attack, Defence defence, List<Outcome> all, double whole)
    {
        double Mean(Func<AttackOutcome, double> of) => all.Average(o => of(o.Attack));
        // A batch without a number says nothing of how many come out.
        double OfSecrets(Func<AttackOutcome, double> of) => all.Where(o => o.HasSecrets).Select(o => of(o.Attack)).DefaultIfEmpty(0).Average();
        var gain = all.Average(o => o.Gain);
        return new AuditRow(method, attack, defence.Name, defence.Epsilon, Mean(a => a.Tokens.Auc), Mean(a => a.Tokens.AucError), Bench.Spread.Of(all.Select(o => (double?)o.Attack.Tokens.Auc))!.Deviation, Mean(a => a.Tokens.Recall), Mean(a => a.Tokens.Advantage),
            Mean(a => a.Tokens.AdvantageFloor), Mean(a => a.Tokens.ExactHits), Mean(a => a.TokenRecall), Mean(a => a.RougeL), OfSecrets(a => a.SecretsRead), OfSecrets(a => a.SecretsTold), gain, whole - gain);
    }

    // What is drawn at random is as it was drawn; what starts at zero, LoRA's B and an adapter's upper half, is not zero, as after a round or two.
    AdapterTensors Start(string method)
    {
        var options = new Dictionary<string, string>();
        if (method is "lora" or "ffa-lora")
            options["r"] = $"{settings.Rank}";
        var start = AdapterInitializer.Create(model, new AdapterRequest { Method = method, Options = options, Seed = settings.Seed }).Version0;
        foreach (var tensor in start.Layout.Tensors.Where(t => t.Role == ParallelAdapterMethod.Up || start.Layout.Groups[t.Group].Group.Product?.Left == t.Role))
        {
            var values = start[tensor];
            new Philox(settings.Seed, (ulong)tensor.Index).Uniform(values);
            for (var i = 0; i < values.Length; i++)
                values[i] = (float)(settings.BScale * (2 * values[i] - 1));
        }
        return start;
    }

    List<int[]> Notes() => [.. PersonalNotes.TrainingTexts(PersonalNotes.Draw(256, seed: 1000)).Select(t => Cut(tokenizer.Encode(t), Math.Min(48, model.Config.Positions)))];

    // Every second text is a message with a number; the others are the caller's.
    (int[][] Truth, IReadOnlyList<AskedSecret> Secrets) Batch(int batch)
    {
        var (truth, secrets) = (new List<int[]>(), new List<AskedSecret>());
        for (var i = 0; i < settings.BatchSize; i++)
        {
            var index = batch * settings.BatchSize + i;
            if (index % 2 == 1 || texts.Count == 0)
            {
                var note = PersonalNotes.Draw(1, 10_000 + index, digits: 4)[0];
                // The number stands early, so that it is inside the text's length.
                truth.Add(Cut(tokenizer.Encode($"{note.Name} {note.Secret} {note.Message}"), settings.Length));
                secrets.Add(new AskedSecret(tokenizer.Encode(" " + note.Secret), tokenizer.Encode(PersonalNotes.Prompt(note.Name))));
            }
            else
                truth.Add(Cut(tokenizer.Encode(texts[index / 2 % texts.Count]), settings.Length));
        }
        return ([.. truth], secrets);
    }

    // By the frequency in all texts at hand, which stands for the language's.
    int[] Controls(int[][] truth)
    {
        var counts = _counts ??= texts.SelectMany(t => tokenizer.Encode(t)).GroupBy(t => t).ToDictionary(g => g.Key, g => (long)g.Count());
        int[] members = [.. truth.SelectMany(t => t).Distinct()];
        return [.. FrequencyMatch.Pick(members, Enumerable.Range(0, model.Config.Vocabulary), t => counts.GetValueOrDefault(t), ControlsPerToken, (int)settings.Seed)];
    }

    Dictionary<int, long>? _counts;

    static int[] Cut(List<int> tokens, int length) => [.. tokens.Take(length)];

    delegate AttackOutcome Attack(IReadOnlyDictionary<string, float[]> sent, int[][] truth, int[] controls, IReadOnlyList<AskedSecret> secrets);

    sealed record Outcome(AttackOutcome Attack, bool HasSecrets, double Gain);
}
