namespace Federated.Cli.Bench.Chaos;

/// <summary>What a run that has ended left behind.</summary>
/// <param name="Published">Number and digest of the last version.</param>
/// <param name="Lost">Accepted updates that are in no round, or rounds that lack a site's.</param>
/// <param name="Twice">Updates that were accepted, or counted, more than once.</param>
/// <param name="Differing">Rounds whose record folds to other bytes than were published; of asynchronous runs.</param>
sealed record ChaosVerdict(string Published, int Lost, int Twice, int Differing)
{
    public bool IsWhole => (Lost, Twice, Differing) == (0, 0, 0);

    public override string ToString() => $"{Published}, {Lost} lost, {Twice} twice, {Differing} that differ from their record";
}
