namespace Federated.Client.Data.Domains;

/// <summary>One word of the grammar of domains: its range, its default and what it makes.</summary>
sealed record DomainStep(double Minimum, double Maximum, double Default, Func<double, IImageTransform> Create)
{
    public bool TakesValue => Maximum > Minimum;

    public static DomainStep Plain(Func<IImageTransform> create) => new(0, 0, 0, _ => create());
}
