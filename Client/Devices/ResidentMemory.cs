using System.Globalization;
using System.Runtime.InteropServices;

namespace Federated.Client.Devices;

/// <summary>Linux' own count of this process's resident memory.</summary>
public static partial class ResidentMemory
{
    // glibc's M_TRIM_THRESHOLD and M_MMAP_THRESHOLD; between its FASTBIN_CONSOLIDATION_THRESHOLD and the smallest size that is mapped.
    const int TrimThreshold = -1;
    const int MapThreshold = -3;
    const int LargePiece = 96 << 10;

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
            TrimOwnArena();
        }
        catch (EntryPointNotFoundException)
        {
            // A C library other than glibc; the peak is then an upper bound as well.
        }
    }

    // malloc_trim leaves the end of a thread's arena, up to 64 MiB, where it is; freeing a large piece trims that. Afterwards glibc's own largest limits hold, as after any training.
    static unsafe void TrimOwnArena()
    {
        SetOption(TrimThreshold, 0);
        NativeMemory.Free(NativeMemory.Alloc(LargePiece));
        SetOption(TrimThreshold, 64 << 20);
        SetOption(MapThreshold, 32 << 20);
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
