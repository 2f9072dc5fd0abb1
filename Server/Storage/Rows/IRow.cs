namespace Federated.Server.Storage.Rows;

/// <summary>One row of one table: immutable, with an application-assigned key.</summary>
interface IRow
{
    /// <summary>Unique within the row's type.</summary>
    string Key { get; }
}
