using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Federated.Cli.Simulation;

/// <summary>Everything that happened, a line each: virtual seconds, who, what. The same simulation writes the same bytes.</summary>
sealed class EventLog(SimulatedClock clock) : ILoggerProvider, ILogger
{
    const string Coordinator = "coordinator";

    readonly StringBuilder _text = new();

    public int Lines { get; private set; }

    public override string ToString() => _text.ToString();

    public void Write(string who, string what)
    {
        _text.Append(CultureInfo.InvariantCulture, $"{clock.Seconds:F6} {who}: ").Append(what.ReplaceLineEndings(" ")).Append('\n');
        Lines++;
    }

    /// <summary>A writer whose every line is an event of one client; the client's own clock time at its begin is left out.</summary>
    public TextWriter For(string client) => new ClientLines(this, client);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Write(Coordinator, formatter(state, exception));

    public void Dispose()
    {
    }

    sealed class ClientLines(EventLog log, string client) : TextWriter
    {
        const int ClockLength = 9; // "HH:mm:ss "

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value) => log.Write(client, value is { Length: > ClockLength } ? value[ClockLength..] : value ?? "");
    }
}
