using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Federated.Server.Telemetry;

/// <summary>One line an entry: time, level, message, and the trace that it belongs to where there is one.</summary>
sealed class ServerConsole(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "federated";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter writer)
    {
        writer.Write($"{time.GetUtcNow():HH:mm:ss.fff} {Level(entry.LogLevel)}: {entry.Formatter(entry.State, entry.Exception).ReplaceLineEndings(" ")}");
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
            writer.Write($" trace={activity.TraceId} span={activity.SpanId}");
        writer.WriteLine();
        if (entry.Exception is { } exception)
            writer.WriteLine(exception);
    }

    static string Level(LogLevel level) => level switch
    {
        LogLevel.Critical => "crit",
        LogLevel.Error => "fail",
        LogLevel.Warning => "warn",
        LogLevel.Information => "info",
        _ => "debug",
    };
}
