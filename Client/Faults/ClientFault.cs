namespace Federated.Client.Faults;

/// <summary>A condition the site's administrator can do something about: one sentence, a stable code, an exit code.</summary>
public sealed class ClientFault(string code, ClientExit exit, string sentence, Exception? cause = null)
    : Exception(sentence, cause)
{
    /// <summary>Stable code of docs/errors.md, such as F511.</summary>
    public string Code { get; } = code;

    public ClientExit Exit { get; } = exit;

    /// <summary>The one line that goes to standard error.</summary>
    public string Line => $"error {Code}: {Message}";
}
