using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

[assembly: DisableRuntimeMarshalling]

namespace TorchSharp.Native;

/// <summary>The entry points of libfederated_torch; see native/. Only those that return at once suppress the GC transition.</summary>
static unsafe partial class Shim
{
    const string Library = ShimLibrary.Name;

    [DllImport(Library)] internal static extern nint ft_error();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint ft_operator(string name, string overload, nint* names, int count);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] [return: MarshalAs(UnmanagedType.U1)] internal static partial bool ft_operator_exists(string name, string overload);
    [DllImport(Library)] internal static extern nint ft_call(nint op, NativeValue* values, int count);
    [DllImport(Library)] internal static extern bool ft_run(nint op, NativeValue* values, int count);
    [DllImport(Library)] internal static extern int ft_call_many(nint op, NativeValue* values, int count, NativeValue** results);

    [DllImport(Library)] internal static extern void ft_release(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long ft_dim(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long ft_numel(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int ft_dtype(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long ft_itemsize(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int ft_device_type(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern int ft_device_index(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern bool ft_is_contiguous(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern bool ft_is_sparse(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern long ft_storage_offset(nint tensor);
    [DllImport(Library), SuppressGCTransition] internal static extern void ft_sizes(nint tensor, long* into);
    [DllImport(Library)] internal static extern bool ft_strides(nint tensor, long* into);
    [DllImport(Library)] internal static extern nint ft_data(nint tensor);
    [DllImport(Library)] internal static extern nint ft_from_memory(void* data, long* sizes, int dim, int dtype);

    [DllImport(Library), SuppressGCTransition] internal static extern bool ft_grad_enabled();
    [DllImport(Library), SuppressGCTransition] internal static extern void ft_set_grad_enabled(bool enabled);
    [DllImport(Library)] internal static extern bool ft_requires_grad(nint tensor);
    [DllImport(Library)] internal static extern bool ft_is_leaf(nint tensor);
    [DllImport(Library)] internal static extern bool ft_set_requires_grad(nint tensor, bool requires_grad);
    [DllImport(Library)] internal static extern bool ft_retain_grad(nint tensor);
    [DllImport(Library)] internal static extern nint ft_grad(nint tensor);
    [DllImport(Library)] internal static extern bool ft_set_grad(nint tensor, nint grad);
    [DllImport(Library)] internal static extern bool ft_backward(nint* tensors, int count, nint* gradients, int gradientCount, bool retainGraph, bool createGraph, nint* inputs, int inputCount);
    [DllImport(Library)] internal static extern bool ft_autograd_grad(nint* outputs, int count, nint* inputs, int inputCount, nint* gradients, int gradientCount, bool retainGraph, bool createGraph, bool allowUnused, nint* results);

    [DllImport(Library)] internal static extern bool ft_function(nint* inputs, int count, nint output, nint key, delegate* unmanaged<nint, nint, nint, byte> backward, delegate* unmanaged<nint, void> release);
    [DllImport(Library)] internal static extern void ft_function_gradient(nint results, int input, nint gradient);

    [DllImport(Library)] internal static extern nint ft_version();
    [DllImport(Library)] internal static extern int ft_device_count(int type);
    [DllImport(Library)] internal static extern bool ft_synchronize(int type, int index);
    [DllImport(Library)] internal static extern int ft_num_threads();
    [DllImport(Library)] internal static extern int ft_num_interop_threads();
    [DllImport(Library)] internal static extern bool ft_set_num_threads(int threads);
    [DllImport(Library)] internal static extern bool ft_set_num_interop_threads(int threads);
    [DllImport(Library)] internal static extern nint ft_generator(int type, int index, bool fresh);
    [DllImport(Library)] internal static extern void ft_generator_release(nint generator);
    [DllImport(Library)] internal static extern void ft_generator_set_seed(nint generator, ulong seed);
    [DllImport(Library)] internal static extern ulong ft_generator_seed(nint generator);
    [DllImport(Library)] internal static extern nint ft_generator_state(nint generator);
    [DllImport(Library)] internal static extern bool ft_generator_set_state(nint generator, nint state);

    /// <summary>libtorch's message becomes an exception where a call failed.</summary>
    internal static nint Checked(nint result) => result != 0 ? result : throw Error();

    internal static void Check(bool succeeded)
    {
        if (!succeeded)
            throw Error();
    }

    static ExternalException Error() => new(Utf8StringMarshaller.ConvertToManaged((byte*)ft_error()), Autograd.FunctionNode.TakeFailure());
}
