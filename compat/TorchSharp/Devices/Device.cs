using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A kind of device and which one of it; -1 is the current one.</summary>
    public class Device
    {
        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public Device(string deviceType, int index = -1)
            : this(Parse(deviceType), index)
        {
        }

        public Device(string description)
            : this(Parse(description.Split(':')[0]), description.Split(':') is [_, var index] ? int.Parse(index, CultureInfo.InvariantCulture) : -1)
        {
        }

        public Device(int index)
            : this(DeviceType.CUDA, index)
        {
        }

        public DeviceType type { get; }

        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString()
        {
            var name = type.ToString().ToLowerInvariant();
            return type == DeviceType.CPU || index == -1 ? name : $"{name}:{index}";
        }

        static DeviceType Parse(string name) => Enum.TryParse<DeviceType>(name, ignoreCase: true, out var type)
            ? type
            : throw new ArgumentException($"'{name}' is not a kind of device. Known: {string.Join(", ", Enum.GetNames<DeviceType>())}.", nameof(name));
    }
}
