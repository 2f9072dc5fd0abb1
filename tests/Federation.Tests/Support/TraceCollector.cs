using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Federation.Tests.Support;

/// <summary>The receiving end of OTLP over HTTP, as much of it as spans need.</summary>
sealed class TraceCollector : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, Span> _spans = new();
    readonly WebApplication _app;

    TraceCollector(WebApplication app) => _app = app;

    public IReadOnlyCollection<Span> Spans => [.. _spans.Values];

    public string Address => _app.Urls.Single();

    public static async Task<TraceCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new TraceCollector(builder.Build());
        collector._app.MapPost("/v1/{signal}", collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    async Task<IResult> TakeAsync(string signal, HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (signal == "traces")
        {
            foreach (var span in Read(ByteString.CopyFrom(body.ToArray())))
                _spans[span.Id] = span;
        }
        return Results.Bytes([], "application/x-protobuf");
    }

    // ExportTraceServiceRequest.resource_spans = 1; ResourceSpans.resource = 1, .scope_spans = 2; ScopeSpans.spans = 2.
    static IEnumerable<Span> Read(ByteString request) =>
        from resource in Field(request, 1)
        let process = string.Join(' ', Field(resource, 1).SelectMany(r => Field(r, 1)).Select(Attribute).Order(StringComparer.Ordinal))
        from scope in Field(resource, 2)
        from span in Field(scope, 2)
        select new Span(Hex(span, 1), Hex(span, 2), Hex(span, 4), Field(span, 5).Single().ToStringUtf8(), process);

    // KeyValue.key = 1, .value = 2; AnyValue.string_value = 1.
    static string Attribute(ByteString pair) => $"{Field(pair, 1).Single().ToStringUtf8()}={Field(pair, 2).SelectMany(v => Field(v, 1)).FirstOrDefault()?.ToStringUtf8()}";

    static string Hex(ByteString message, int field) => Convert.ToHexStringLower(Field(message, field).FirstOrDefault()?.ToByteArray() ?? []);

    static List<ByteString> Field(ByteString message, int number)
    {
        var (found, input) = (new List<ByteString>(), message.CreateCodedInput());
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited)
                input.SkipLastField();
            else if (input.ReadBytes() is var value && WireFormat.GetTagFieldNumber(tag) == number)
                found.Add(value);
        }
        return found;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <param name="Trace">Its trace's id.</param>
    /// <param name="Id">Its own.</param>
    /// <param name="Parent">Empty for a root.</param>
    /// <param name="Name">What was done.</param>
    /// <param name="Process">The attributes of the process that did it.</param>
    public sealed record Span(string Trace, string Id, string Parent, string Name, string Process);
}
