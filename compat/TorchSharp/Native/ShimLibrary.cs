using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>Finds libfederated_torch: next to the program, then in artifacts/native of a folder above it.</summary>
static class ShimLibrary
{
    internal const string Name = "federated_torch";

    static readonly string File = OperatingSystem.IsWindows() ? "federated_torch.dll" : OperatingSystem.IsMacOS() ? "libfederated_torch.dylib" : "libfederated_torch.so";

    // CA2255: a module initializer is the only place that surely precedes the first call into the library.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(ShimLibrary).Assembly, Resolve);

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Name)
            return 0;
        var found = Candidates().FirstOrDefault(System.IO.File.Exists)
            ?? throw new DllNotFoundException($"{File} is neither next to the program nor in artifacts/native of a folder above {AppContext.BaseDirectory}. Run `./federated setup`, which builds it.");
        try
        {
            return NativeLibrary.Load(found);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException($"{found} does not load: {e.Message.Trim()} Run `./federated setup`, which installs libtorch and builds it anew.", e);
        }
    }

    static IEnumerable<string> Candidates()
    {
        yield return Path.Combine(AppContext.BaseDirectory, File);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            yield return Path.Combine(folder.FullName, "artifacts", "native", File);
    }
}
