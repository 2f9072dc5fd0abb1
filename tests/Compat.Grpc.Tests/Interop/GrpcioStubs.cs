using System.Diagnostics;

namespace Compat.Grpc.Tests.Interop;

/// <summary>Debian's grpcio, with stubs generated once per test run by Debian's protoc.</summary>
static class GrpcioStubs
{
    const string Install = "The peer grpcio is not installed. Run: apt-get install -y python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc";
    const string Python = "/usr/bin/python3";

    static readonly Lazy<string> Folder = new(Generate);

    public static ProcessStartInfo Command(string role, string[] arguments)
    {
        var command = Peer.Redirected(Python, [Repository.Path("tests", "Interop", $"{role}.py"), .. arguments]);
        command.Environment["PYTHONPATH"] = Folder.Value;
        command.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return command;
    }

    static string Generate()
    {
        Run(Python, "-c", "import grpc, google.protobuf");
        var folder = Path.Combine(AppContext.BaseDirectory, "grpcio-stubs");
        Directory.CreateDirectory(folder);
        Run("/usr/bin/protoc", $"--proto_path={Repository.Path("tests", "Interop")}", "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin",
            $"--python_out={folder}", $"--grpc_python_out={folder}", "testing.proto");
        return folder;
    }

    static void Run(string file, params string[] arguments)
    {
        if (!File.Exists(file))
            throw new InvalidOperationException(Install);
        using var process = Process.Start(Peer.Redirected(file, arguments))!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Install} ({error.Trim()})");
    }
}
