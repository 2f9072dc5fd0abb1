namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <content>Other devices and element types. Parameters and buffers keep their objects; the tensors inside are replaced.</content>
        public partial class Module
        {
            protected internal virtual Module _to(Device device, ScalarType dtype, bool non_blocking) => Convert(dtype, device, non_blocking);

            protected internal virtual Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => Convert(null, new Device(deviceType, deviceIndex), non_blocking);

            protected internal virtual Module _to(ScalarType dtype, bool non_blocking) => Convert(dtype, null, non_blocking);

            Module Convert(ScalarType? dtype, Device? device, bool non_blocking)
            {
                if (dtype is { } wanted && !is_floating_point(wanted) && !is_complex(wanted))
                    throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={wanted}");
                if (device is not null)
                    InitializeDeviceType(device.type);
                using (no_grad())
                {
                    foreach (var tensor in parameters(recurse: false).Concat(buffers(recurse: false)))
                        tensor.Become(dtype, device, non_blocking);
                }
                foreach (var (_, module) in named_children())
                    module.Convert(dtype, device, non_blocking);
                return this;
            }
        }
    }
}
