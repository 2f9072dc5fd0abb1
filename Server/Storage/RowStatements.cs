using Federated.Server.Storage.Rows;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Federated.Server.Storage;

/// <summary>An INSERT and an UPDATE for each kind of row, made from the model and prepared once on the writer's connection.</summary>
sealed class RowStatements(SqliteConnection connection) : IDisposable
{
    readonly Dictionary<(Type, bool), Statement> _statements = [];
    readonly Dictionary<string, SqliteCommand> _plain = new(StringComparer.Ordinal);

    /// <summary>Writes one row inside the connection's open transaction.</summary>
    /// <exception cref="StoreConflictException">An updated row does not exist.</exception>
    /// <exception cref="SqliteException">A new row exists, or the disk refuses.</exception>
    public void Write(RowChange change)
    {
        var key = (change.Row.GetType(), change.IsNew);
        if (!_statements.TryGetValue(key, out var statement))
            _statements[key] = statement = Statement.Prepare(connection, key.Item1, change.IsNew);
        if (statement.Execute(change.Row) == 0)
            throw new StoreConflictException($"{key.Item1.Name} '{change.Row.Key}' does not exist.");
    }

    /// <summary>Executes a statement without parameters, of which there are few.</summary>
    /// <exception cref="SqliteException">The disk refuses.</exception>
    public void Execute(string sql)
    {
        if (!_plain.TryGetValue(sql, out var command))
        {
            _plain[sql] = command = connection.CreateCommand();
            command.CommandText = sql;
        }
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        foreach (var command in _plain.Values)
            command.Dispose();
    }

    sealed class Statement(SqliteCommand command, IReadOnlyList<IClrPropertyGetter> getters) : IDisposable
    {
        public static Statement Prepare(SqliteConnection connection, Type row, bool isNew)
        {
            using var context = new FederatedDbContext(SqliteOptions.On(connection));
            var type = context.Model.FindEntityType(row) ?? throw new InvalidOperationException($"{row.Name} has no table.");
            var properties = type.GetProperties().ToList();
            var command = connection.CreateCommand();
            command.CommandText = isNew ? Insert(type, properties) : Update(type, properties);
            for (var i = 0; i < properties.Count; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}", Value = DBNull.Value });
            command.Prepare();
            return new Statement(command, [.. properties.Select(p => p.GetGetter())]);
        }

        public int Execute(IRow row)
        {
            for (var i = 0; i < getters.Count; i++)
                command.Parameters[i].Value = getters[i].GetClrValue(row) ?? DBNull.Value;
            return command.ExecuteNonQuery();
        }

        public void Dispose() => command.Dispose();

        static string Insert(IEntityType type, List<IProperty> properties) =>
            $"INSERT INTO \"{type.GetTableName()}\" ({string.Join(", ", properties.Select(Name))}) VALUES ({string.Join(", ", properties.Select((_, i) => $"${i}"))})";

        static string Update(IEntityType type, List<IProperty> properties)
        {
            var pairs = properties.Select((p, i) => (Text: $"{Name(p)} = ${i}", IsKey: p.IsPrimaryKey())).ToLookup(p => p.IsKey, p => p.Text);
            return $"UPDATE \"{type.GetTableName()}\" SET {string.Join(", ", pairs[false])} WHERE {string.Join(" AND ", pairs[true])}";
        }

        static string Name(IProperty property) => $"\"{property.GetColumnName()}\"";
    }
}
