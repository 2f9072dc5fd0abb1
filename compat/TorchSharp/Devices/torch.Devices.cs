using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static readonly Device CPU = new(DeviceType.CPU);
    public static readonly Device META = new(DeviceType.META);

    static Device _defaultDevice = CPU;

    public static Device CUDA { get; } = new(DeviceType.CUDA);

    public static string __version__ => System.Runtime.InteropServices.Marshal.PtrToStringUTF8(Shim.ft_version())!;

    public static Device device(string description) => new(description);

    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device device(int index) => new(index);

    public static Device get_default_device() => _defaultDevice;

    public static void set_default_device(Device device) => _defaultDevice = device;

    public static void set_default_device(string device) => _defaultDevice = new(device);

    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>Throws where this libtorch has no such device.</summary>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
            throw new NotSupportedException($"This libtorch ({__version__}) has no device of kind {deviceType}.");
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) => deviceType is DeviceType.META || Shim.ft_device_count((int)deviceType) > 0;

    public static partial class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => Shim.ft_device_count((int)DeviceType.CUDA);

        public static void manual_seed(long seed)
        {
            if (!is_available())
                return;
            using var generator = new Generator(CUDA, fresh: false);
            generator.manual_seed(seed);
        }

        public static void manual_seed_all(long seed)
        {
            for (var i = 0; i < device_count(); i++)
            {
                using var generator = new Generator(new Device(DeviceType.CUDA, i), fresh: false);
                generator.manual_seed(seed);
            }
        }

        public static void synchronize(Device? device = null) => Shim.Check(Shim.ft_synchronize((int)DeviceType.CUDA, device?.index ?? -1));
    }
}
