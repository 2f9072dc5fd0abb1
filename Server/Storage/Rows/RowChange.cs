namespace Federated.Server.Storage.Rows;

/// <summary>One change of a commit. Adding a key that exists, or updating one that does not, fails the whole commit.</summary>
sealed record RowChange(IRow Row, bool IsNew)
{
    public static RowChange Add(IRow row) => new(row, IsNew: true);

    public static RowChange Update(IRow row) => new(row, IsNew: false);
}
