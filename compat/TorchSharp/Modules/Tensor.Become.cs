namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Replaces the tensor inside this object by a conversion of it, as a leaf with its gradient. Integers keep their type.</summary>
        internal void Become(ScalarType? dtype, Device? device, bool non_blocking)
        {
            var type = dtype is { } wanted && (is_floating_point() || is_complex()) ? wanted : this.dtype;
            var place = device ?? this.device;
            if (type == this.dtype && place.type == device_type && (place.index < 0 || place.index == device_index))
                return;
            using var before = grad;
            var leaf = requires_grad;
            var converted = to(type, place, non_blocking: non_blocking);
            converted.DetachFromDisposeScope();
            if (leaf)
                converted.requires_grad = true;
            if (before is not null)
            {
                using var after = before.to(type, place);
                converted.grad = after;
            }
            Native.Shim.ft_release(handle);
            handle = converted.MoveHandle();
        }
    }
}
