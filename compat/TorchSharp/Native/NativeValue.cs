using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>An argument or result as the shim lays it out (shim::Value).</summary>
[StructLayout(LayoutKind.Sequential)]
struct NativeValue
{
    public long Kind;
    public long Bits;
    public long Length;
}
