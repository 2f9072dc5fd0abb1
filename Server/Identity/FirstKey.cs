namespace Federated.Server.Identity;

/// <summary>A server that asks for keys and has no admin yet makes the first key itself and leaves it in its own folder.</summary>
sealed class FirstKey(ApiKeys keys, AuditTrail audit, TimeProvider time)
{
    const double Days = 366;

    public async Task EnsureAsync(string path, CancellationToken stopping)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (keys.All.Any(k => k.Role == "admin" && k.RevokedMs is null && k.ExpiresMs > now))
            return;
        await audit.AppendAsync("server", "first admin key", "", "", [], stopping);
        var (_, key) = await keys.CreateAsync("first", Role.Admin, null, Days, "server", stopping);
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new StreamWriter(path, options);
        await file.WriteLineAsync(key.AsMemory(), stopping);
    }
}
