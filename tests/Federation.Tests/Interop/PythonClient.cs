using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Federation.Tests.Interop;

/// <summary>tests/Interop/federated_client.py on Debian's grpcio, with stubs that Debian's protoc makes of our .proto files.</summary>
static class PythonClient
{
    const string Install = "The peer grpcio is not installed. Run: apt-get install -y python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc";

    static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));
    static readonly Lazy<string> Stubs = new(Generate);

    public static async Task<(int ExitCode, string[] Lines, string Errors)> RunAsync(string address, string id, CancellationToken stop)
    {
        var start = Redirected("/usr/bin/python3", Path.Combine(Root, "tests", "Interop", "federated_client.py"), address, id);
        start.Environment["PYTHONPATH"] = Stubs.Value;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(stop), process.StandardError.ReadToEndAsync(stop));
            await process.WaitForExitAsync(stop);
            return (process.ExitCode, (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries), await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    static string Generate()
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "federated-stubs")).FullName;
        var protos = Path.Combine(Root, "protos");
        string[] files = ["federated/v1/adapter.proto", "federated/v1/coordination.proto"];
        using var protoc = Process.Start(Redirected("/usr/bin/protoc", [$"--proto_path={protos}", "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin",
            $"--python_out={folder}", $"--grpc_python_out={folder}", .. files]));
        var errors = protoc!.StandardError.ReadToEnd();
        protoc.WaitForExit();
        return protoc.ExitCode == 0 ? folder : throw new InvalidOperationException($"{Install} ({errors.Trim()})");
    }

    static ProcessStartInfo Redirected(string file, params string[] arguments) => File.Exists(file)
        ? new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        : throw new InvalidOperationException(Install);

    static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
