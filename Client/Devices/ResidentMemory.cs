using System.Globalization;
using System.Runtime.InteropServices;

namespace Federated.Client.Devices;

/// <summary>Linux' own count of this process's resident memory.</summary>
public static partial class ResidentMemory
{
    /// <summary>Gives back what is free and begins a new peak at the present size, where the system allows it. What earlier work left free would otherwise be used again, and no peak would show it.</summary>
    public static void ResetPeak()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Trim();
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The peak then counts from the start of the process: an upper bound, as a plan needs.
        }
    }

    /// <summary>Bytes; 0 where the system does not say.</summary>
    public static long PeakBytes() => File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line
        && long.TryParse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var kibibytes)
            ? kibibytes << 10 : 0;

    static void Trim()
    {
        try
        {
            Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // A C library other than glibc; the peak is then an upper bound as well.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
