using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>The values, read and written by the program.</content>
    public partial class Tensor
    {
        /// <summary>The memory of a contiguous CPU tensor itself, not a copy: valid while the tensor lives.</summary>
        public unsafe Span<byte> bytes
        {
            get
            {
                var size = NumberOfElements * ElementSize;
                if (!is_contiguous())
                    throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                if (size > int.MaxValue)
                    throw new ArgumentException($"Span only supports up to int.MaxValue elements, the tensor has {size} bytes.");
                return new((void*)Data(), (int)size);
            }

            set
            {
                if (!is_contiguous())
                    throw new InvalidOperationException("SetBytes() called on non-contiguous tensor.");
                if (NumberOfElements * ElementSize != value.Length)
                    throw new ArgumentException($"Mismatched data sizes in SetBytes(): the tensor has {NumberOfElements * ElementSize} bytes, {value.Length} were given.");
                value.CopyTo(bytes);
            }
        }

        public Utils.TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            Validate<T>();
            return new(device_type == DeviceType.CPU ? this : cpu());
        }

        public T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1)
                throw new ArgumentException($"Number of elements in the tensor must be 1, it is {NumberOfElements}.");
            using var accessor = data<T>();
            return accessor[new long[Dimensions]];
        }

        public T ReadCpuValue<T>(long i)
            where T : unmanaged
        {
            Validate<T>();
            return new Utils.TensorAccessor<T>(this)[i];
        }

        internal nint Data()
        {
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException("Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            return NumberOfElements == 0 ? 0 : Shim.Checked(Shim.ft_data(Handle));
        }

        /// <summary>bfloat16 has no type of its own in .NET: its values are read and written as bytes.</summary>
        void Validate<T>()
        {
            if (!TryScalarType(typeof(T), out var wanted) || wanted != dtype)
                throw new ArgumentException($"{typeof(T).Name} is not compatible with {dtype}");
        }
    }
}
