using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Shape, type and place.</content>
    public partial class Tensor
    {
        public long Dimensions => Shim.ft_dim(Handle);

        public long ndim => Dimensions;

        public long dim() => Dimensions;

        public long NumberOfElements => Shim.ft_numel(Handle);

        public long numel() => NumberOfElements;

        public long ElementSize => Shim.ft_itemsize(Handle);

        public long element_size() => ElementSize;

        public unsafe long[] shape
        {
            get
            {
                var sizes = new long[Dimensions];
                fixed (long* into = sizes)
                    Shim.ft_sizes(handle, into);
                return sizes;
            }
        }

        public long[] size() => shape;

        public long size(int dim)
        {
            var sizes = shape;
            var from = dim < 0 ? dim + sizes.Length : dim;
            if (from < 0 || from >= sizes.Length)
                throw new System.Runtime.InteropServices.ExternalException($"Dimension out of range (expected to be in range of [{-sizes.Length}, {sizes.Length - 1}], but got {dim})");
            return sizes[from];
        }

        public unsafe long[] stride()
        {
            var strides = new long[Dimensions];
            fixed (long* into = strides)
                Shim.Check(Shim.ft_strides(handle, into));
            return strides;
        }

        public ScalarType dtype => (ScalarType)Shim.ft_dtype(Handle);

        public Device device => new(device_type, device_index);

        public DeviceType device_type => (DeviceType)Shim.ft_device_type(Handle);

        public int device_index => Shim.ft_device_index(Handle);

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_sparse => Shim.ft_is_sparse(Handle);

        public bool is_contiguous() => Shim.ft_is_contiguous(Handle);

        public long storage_offset() => Shim.ft_storage_offset(Handle);

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        public override string ToString() => handle == 0 ? "" : $"[{string.Join('x', shape)}], type = {dtype}, device = {device}";
    }
}
