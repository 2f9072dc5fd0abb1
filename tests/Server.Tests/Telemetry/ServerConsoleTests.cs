using System.Diagnostics;
using Federated.Server.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Server.Tests.Kit;

namespace Server.Tests.Telemetry;

public sealed class ServerConsoleTests
{
    [Fact]
    public void Line_InsideASpan_NamesItsTrace()
    {
        using var span = new Activity("work").SetIdFormat(ActivityIdFormat.W3C).Start();

        Assert.EndsWith($" warn: first second trace={span.TraceId} span={span.SpanId}{Environment.NewLine}", Written(LogLevel.Warning, "first\nsecond"));
    }

    [Fact]
    public void Line_OutsideOfEverySpan_EndsWithTheMessage()
    {
        Activity.Current = null;

        Assert.EndsWith($" info: message{Environment.NewLine}", Written(LogLevel.Information, "message"));
    }

    static string Written(LogLevel level, string message)
    {
        using var writer = new StringWriter();
        new ServerConsole(new ManualClock()).Write(new LogEntry<string>(level, "Federated", new EventId(1), message, null, (text, _) => text), null, writer);
        return writer.ToString();
    }
}
