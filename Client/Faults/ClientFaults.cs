namespace Federated.Client.Faults;

/// <summary>The client's part of the catalogue of errors, F510 to F559 and F570 to F579; the server's F5xx lie below.</summary>
public static class ClientFaults
{
    public static ClientFault Configuration(IReadOnlyList<string> errors) =>
        new("F514", ClientExit.Usage, string.Join(" ", errors));

    public static ClientFault ConfigurationFile(string path, string why, Exception? cause = null) =>
        new("F515", ClientExit.Usage, $"Configuration file '{path}' {why}", cause);

    public static ClientFault DataFile(string path, string why, Exception? cause = null) =>
        new("F510", ClientExit.Environment, $"Data file '{path}' {why}", cause);

    public static ClientFault DataSplit(string why) => new("F511", ClientExit.Usage, why);

    public static ClientFault Domain(string why) => new("F512", ClientExit.Usage, why);

    public static ClientFault Model(string folder, string why, Exception? cause = null) =>
        new("F520", ClientExit.Environment, $"Base model '{folder}' {why}", cause);

    public static ClientFault Adapter(string why, Exception? cause = null) => new("F521", ClientExit.Failed, why, cause);

    public static ClientFault Method(string why) => new("F522", ClientExit.Usage, why);

    public static ClientFault RunMismatch(string run, string why) =>
        new("F523", ClientExit.Failed, $"Run '{run}' cannot be joined: {why}");

    public static ClientFault State(string folder, string why, Exception? cause = null) =>
        new("F530", ClientExit.Environment, $"State folder '{folder}' {why}", cause);

    public static ClientFault NoCertificate(string state, string why, Exception? cause = null) =>
        new("F531", ClientExit.Environment, $"State folder '{state}' has no certificate for a coordinator with TLS ({why}); 'federated client init' gets one.", cause);

    public static ClientFault CertificateOfAnother(string certified, string configured) =>
        new("F531", ClientExit.Environment, $"The certificate stands for client '{certified}'; the configuration says '{configured}'.");

    public static ClientFault Unreachable(string server, string why) =>
        new("F540", ClientExit.Environment, $"Server {server} cannot be reached: {why}");

    public static ClientFault Refused(string server, string why) =>
        new("F541", ClientExit.Failed, $"Server {server} refuses this client: {why}");

    public static ClientFault Superseded(string id) =>
        new("F542", ClientExit.Failed, $"Another process connected as client '{id}' and took over; this one stops.");

    public static ClientFault Blob(string digest, string why) =>
        new("F543", ClientExit.Failed, $"Blob {digest} {why}");

    public static ClientFault Tokenizer(string folder, string why, Exception? cause = null) =>
        new("F570", ClientExit.Environment, $"Tokenizer '{folder}' {why}", cause);

    public static ClientFault TextFile(string path, string why, Exception? cause = null) =>
        new("F571", ClientExit.Environment, $"Text file '{path}' {why}", cause);

    public static ClientFault Modality(string why) => new("F572", ClientExit.Usage, why);

    public static ClientFault Ledger(string run, string why, Exception? cause = null) =>
        new("F545", ClientExit.Failed, $"The privacy ledger of run '{run}' {why}; what is left of its budget is unknown, so nothing more is sent.", cause);

    public static ClientFault Training(string why) => new("F550", ClientExit.Failed, why);
}
