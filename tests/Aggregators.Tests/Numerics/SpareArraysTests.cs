using Federated.Aggregators.Numerics;

namespace Aggregators.Tests.Numerics;

public sealed class SpareArraysTests
{
    readonly SpareArrays<double> _spare = new();

    [Fact]
    public void Take_WithinOnePiece_NeverGivesAnArrayTwice()
    {
        for (var piece = 0; piece < 3; piece++)
        {
            double[][] taken = [_spare.Take(5), _spare.Take(5), _spare.Take(7), _spare.Take(5)];
            Assert.Equal([5, 5, 7, 5], taken.Select(a => a.Length));
            Assert.Equal(4, taken.Distinct(ReferenceEqualityComparer.Instance).Count());
            _spare.TakeBack();
        }
    }

    [Fact]
    public void Take_OfTheLastPiecesLengths_GivesItsArrays()
    {
        double[][] first = [_spare.Take(5), _spare.Take(7)];
        _spare.TakeBack();
        double[][] second = [_spare.Take(7), _spare.Take(5)];
        Assert.Equal(first.Reverse(), second, ReferenceEqualityComparer.Instance);
    }

    [Fact]
    public void TakeBack_OfAPieceThatNeededNone_LetsGoOfTheOthers()
    {
        var first = _spare.Take(5);
        _spare.TakeBack();
        _spare.TakeBack();
        Assert.NotSame(first, _spare.Take(5));
    }
}
