using System.Runtime.InteropServices;
using TorchSharp.Native;

namespace TorchSharp.Autograd;

/// <summary>A managed backward function as a node of libtorch's graph. A CPU graph runs on the thread that asked for it, and so does the function.</summary>
static unsafe class FunctionNode
{
    [ThreadStatic]
    static Exception? _failure;

    /// <summary>What a backward function threw, once.</summary>
    public static Exception? TakeFailure() => (_failure, _failure = null).Item1;

    /// <summary>Makes an output, computed without a graph, the result of an operation on inputs.</summary>
    /// <param name="inputs">Tensors.</param>
    /// <param name="output">A tensor of its own memory.</param>
    /// <param name="backward">From the output's gradient the inputs', null where there is none.</param>
    public static void Attach(torch.Tensor[] inputs, torch.Tensor output, Func<torch.Tensor, IReadOnlyList<torch.Tensor?>> backward)
    {
        var key = GCHandle.ToIntPtr(GCHandle.Alloc(backward));
        nint[] handles = [.. inputs.Select(i => i.Handle)];
        fixed (nint* first = handles)
            Shim.Check(Shim.ft_function(first, handles.Length, output.Handle, key, &Run, &Release));
        GC.KeepAlive(inputs);
    }

    [UnmanagedCallersOnly]
    static byte Run(nint key, nint gradient, nint results)
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            var found = ((Func<torch.Tensor, IReadOnlyList<torch.Tensor?>>)GCHandle.FromIntPtr(key).Target!)(new torch.Tensor(gradient));
            for (var i = 0; i < found.Count; i++)
            {
                if (found[i] is { } tensor)
                    Shim.ft_function_gradient(results, i, tensor.Handle);
            }
            return 1;
        }
        // No exception may cross into libtorch; the caller of backward gets it as the inner one.
        catch (Exception e)
        {
            _failure = e;
            return 0;
        }
    }

    [UnmanagedCallersOnly]
    static void Release(nint key) => GCHandle.FromIntPtr(key).Free();
}
