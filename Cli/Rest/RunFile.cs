using System.Text.Json;
using System.Text.Json.Nodes;
using Federated.Cli.Terminal;
using Federated.Formats.Digests;

namespace Federated.Cli.Rest;

/// <summary>A RunSpec on disk. A value "@FILE" of schema, plan or version0 names a file beside it, which is uploaded and replaced by its digest.</summary>
static class RunFile
{
    static readonly string[] BlobKeys = ["schema", "plan", "version0"];

    public static async Task<JsonObject> UploadAsync(string path, CoordinatorRest rest, CancellationToken stop)
    {
        var spec = Parse(path);
        foreach (var key in BlobKeys)
        {
            if (spec[key]?.GetValueKind() != JsonValueKind.String || spec[key]!.GetValue<string>() is not ['@', .. var name]) continue;
            var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name);
            if (!File.Exists(file)) throw new CommandException("F565", $"\"{key}\" in '{path}' names the file '{file}', which does not exist.", ExitCode.Environment);
            var digest = Digest(file);
            await rest.PutBlobAsync(digest, file, stop);
            spec[key] = digest;
        }
        return spec;
    }

    static string Digest(string file)
    {
        using var stream = File.OpenRead(file);
        return TreeDigest.Of(stream);
    }

    static JsonObject Parse(string path)
    {
        if (!File.Exists(path)) throw new CommandException("F565", $"The run's file '{path}' does not exist.", ExitCode.Environment);
        try
        {
            return JsonNode.Parse(File.ReadAllText(path), documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) as JsonObject
                ?? throw new CommandException("F565", $"'{path}' is no JSON object.", ExitCode.Failed);
        }
        catch (JsonException exception)
        {
            throw new CommandException("F565", $"'{path}' is no JSON: {exception.Message}", ExitCode.Failed);
        }
    }
}
