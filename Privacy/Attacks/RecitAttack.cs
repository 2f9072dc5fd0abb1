using Federated.Privacy.Probes;

namespace Federated.Privacy.Attacks;

/// <summary>
/// An attack in the style of ReCIT (Xie et al., arXiv 2504.20570) on one update: tokens by the span filter, sequences by pairing, secrets by reading and by asking.
/// The malicious fine-tuning comes before, by <see cref="IAttackTarget.FineTuneBase"/> on <see cref="PersonalNotes"/>. Inspired by the abstract, no reproduction.
/// </summary>
public sealed record RecitAttack(IAttackTarget Target, TokenPairing Pairing)
{
    /// <summary>Candidates kept at a position without exact hits; default 8.</summary>
    public int Best { get; init; } = 8;

    /// <summary>Attacks an update and, knowing the truth, scores what came out.</summary>
    /// <param name="update">As it was sent, decoded.</param>
    /// <param name="truth">The sequences that were trained on.</param>
    /// <param name="controls">Tokens to measure against at every position: frequency-matched, none of the truth's; at least 1.</param>
    /// <param name="secrets">What must not come out, with the prompt that asks for it; may be empty.</param>
    public AttackResult Run(IReadOnlyDictionary<string, float[]> update, IReadOnlyList<int[]> truth, IReadOnlyList<int> controls, IReadOnlyList<AskedSecret> secrets)
    {
        var basis = TokenExtraction.Basis(Target, update, 0);
        var positions = truth.Max(t => t.Length);
        var tokens = Measure(basis, truth, controls);
        if (basis.Rank == 0)
            return new AttackResult(0, tokens, 0, 0, 0, 0, [.. truth.Select(_ => Array.Empty<int>())]);
        var candidates = TokenExtraction.Candidates(TokenExtraction.Distances(Target, basis, positions), Best);
        var second = Target.Rows.Any(r => r.Block == 1) ? TokenExtraction.Basis(Target, update, 1) : null;
        var sequences = Pairing.Sequences(Target, second, candidates, truth.Count);
        return new AttackResult(basis.Rank, tokens, Recovered(candidates, truth), truth.Average(t => sequences.Select(s => RougeL.Of(t, s)).DefaultIfEmpty(0).Max()),
            PiiRecovery.Share(secrets, s => sequences.Any(q => PiiRecovery.IsIn(q, s.Tokens, mayLackTheLast: true))),
            PiiRecovery.Share(secrets, s => PiiRecovery.Elicit(Target, update, s.Prompt, s.Tokens.Count).SequenceEqual(s.Tokens)), sequences);
    }

    // The last token of a sequence is the input of no loss, so no gradient knows it.
    Separation Measure(SpanBasis basis, IReadOnlyList<int[]> truth, IReadOnlyList<int> controls)
    {
        var members = truth.SelectMany(t => t.SkipLast(1).Select((token, position) => (token, position))).Distinct().ToList();
        return Separation.Of([.. members.Select(m => basis.Distance(Target.FirstInput(m.token, m.position)))],
            [.. members.Select(m => m.position).Distinct().SelectMany(p => controls.Select(c => basis.Distance(Target.FirstInput(c, p))))]);
    }

    static double Recovered(IReadOnlyList<IReadOnlyList<int>> candidates, IReadOnlyList<int[]> truth)
    {
        var wanted = truth.SelectMany(t => t.SkipLast(1).Select((token, position) => (token, position))).ToList();
        return wanted.Count(w => w.position < candidates.Count && candidates[w.position].Contains(w.token)) / (double)wanted.Count;
    }
}

/// <summary>A secret and the question for it.</summary>
/// <param name="Tokens">What must not come out.</param>
/// <param name="Prompt">What is asked.</param>
public sealed record AskedSecret(IReadOnlyList<int> Tokens, IReadOnlyList<int> Prompt);

/// <summary>What an attack on one update achieved.</summary>
/// <param name="Rank">Directions of block 0's update.</param>
/// <param name="Tokens">How well first inputs were told from controls.</param>
/// <param name="TokenRecall">Share of tokens (each sequence's last left out) among the candidates of their position.</param>
/// <param name="RougeL">Mean over the true sequences of the best guess.</param>
/// <param name="SecretsRead">Share of secrets that stand in a reconstructed sequence.</param>
/// <param name="SecretsTold">Share of secrets that the updated model continues a note with.</param>
/// <param name="Sequences">The guesses.</param>
public sealed record AttackResult(int Rank, Separation Tokens, double TokenRecall, double RougeL, double SecretsRead, double SecretsTold, IReadOnlyList<int[]> Sequences);
