namespace Federated.Client.Data.Domains;

public readonly record struct ImageShape(int Rows, int Columns)
{
    public int Size => Rows * Columns;
}
