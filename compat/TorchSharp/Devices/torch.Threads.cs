using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static int get_num_threads() => Shim.ft_num_threads();

    /// <summary>Threads inside one operator. Two pools (libtorch's and OpenBLAS's) fight over few cores: one thread per process is best there.</summary>
    public static void set_num_threads(int num) => Shim.Check(Shim.ft_set_num_threads(num));

    public static int get_num_interop_threads() => Shim.ft_num_interop_threads();

    public static void set_num_interop_threads(int num) => Shim.Check(Shim.ft_set_num_interop_threads(num));
}
