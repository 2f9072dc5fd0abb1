using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Native;

/// <summary>One operator of libtorch, bound to the argument names its callers pass; looked up at its first call.</summary>
/// <param name="signature">`name.overload(argument, argument)`; an argument with '?' is dropped where this libtorch's schema lacks it.</param>
sealed unsafe class Operator(string signature)
{
    const int ScratchWords = 64;

    nint _handle;

    /// <summary>True where this libtorch has the operator.</summary>
    public bool Exists => Shim.ft_operator_exists("aten::" + Name, Overload);

    string Name => signature[..signature.IndexOfAny(['.', '('])];

    string Overload => signature[Name.Length] == '.' ? signature[(Name.Length + 1)..signature.IndexOf('(', StringComparison.Ordinal)] : "";

    nint Handle => _handle != 0 ? _handle : Find();

    /// <summary>The operator's first result, a tensor. Arguments that are left out take the schema's defaults.</summary>
    [SkipLocalsInit]
    public Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        var values = stackalloc NativeValue[arguments.Length];
        var scratch = stackalloc long[ScratchWords];
        var heap = Write(arguments, values, scratch);
        var result = Shim.ft_call(Handle, values, arguments.Length);
        Free(heap);
        return new Tensor(Shim.Checked(result));
    }

    /// <summary>An in-place operator, whose result the caller already holds.</summary>
    [SkipLocalsInit]
    public void Run(params ReadOnlySpan<Argument> arguments)
    {
        var values = stackalloc NativeValue[arguments.Length];
        var scratch = stackalloc long[ScratchWords];
        var heap = Write(arguments, values, scratch);
        var done = Shim.ft_run(Handle, values, arguments.Length);
        Free(heap);
        Shim.Check(done);
    }

    /// <summary>All results of the operator, which must be tensors; an undefined one is null.</summary>
    public Tensor[] CallAll(params ReadOnlySpan<Argument> arguments)
    {
        var results = Results(arguments);
        var tensors = new Tensor[results.Length];
        for (var i = 0; i < tensors.Length; i++)
            tensors[i] = results[i].Bits == 0 ? null! : new Tensor((nint)results[i].Bits);
        return tensors;
    }

    public (Tensor, Tensor) CallPair(params ReadOnlySpan<Argument> arguments) => CallAll(arguments) is var all ? (all[0], all[1]) : default;

    /// <summary>The operator's only result, a boolean.</summary>
    public bool Test(params ReadOnlySpan<Argument> arguments) => Results(arguments)[0].Bits != 0;

    [SkipLocalsInit]
    ReadOnlySpan<NativeValue> Results(ReadOnlySpan<Argument> arguments)
    {
        var values = stackalloc NativeValue[arguments.Length];
        var scratch = stackalloc long[ScratchWords];
        var heap = Write(arguments, values, scratch);
        NativeValue* results;
        var count = Shim.ft_call_many(Handle, values, arguments.Length, &results);
        Free(heap);
        Shim.Check(count >= 0);
        return new(results, count);
    }

    /// <summary>Lays the arguments out for the shim; lists and texts go to scratch, or to memory that the caller frees when they are long.</summary>
    static long* Write(ReadOnlySpan<Argument> arguments, NativeValue* values, long* scratch)
    {
        long* heap = null;
        var words = 0;
        foreach (ref readonly var argument in arguments)
            words += argument.Words;
        var next = words <= ScratchWords ? scratch : heap = (long*)NativeMemory.Alloc((nuint)words, sizeof(long));
        for (var i = 0; i < arguments.Length; i++)
            next += arguments[i].Write(ref values[i], next);
        return heap;
    }

    static void Free(long* heap)
    {
        if (heap is not null)
            NativeMemory.Free(heap);
    }

    nint Find()
    {
        var open = signature.IndexOf('(', StringComparison.Ordinal);
        var names = signature[(open + 1)..^1].Split(", ", StringSplitOptions.RemoveEmptyEntries);
        var pointers = stackalloc nint[names.Length];
        for (var i = 0; i < names.Length; i++)
            pointers[i] = Marshal.StringToCoTaskMemUTF8(names[i]);
        var handle = Shim.ft_operator("aten::" + Name, Overload, pointers, names.Length);
        for (var i = 0; i < names.Length; i++)
            Marshal.FreeCoTaskMem(pointers[i]);
        return _handle = Shim.Checked(handle);
    }
}
