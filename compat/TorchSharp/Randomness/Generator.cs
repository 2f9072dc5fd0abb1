using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers with a state of its own.</summary>
    public class Generator : IDisposable
    {
        public Generator(ulong seed = 0, Device? device = null)
            : this(device ?? CPU, fresh: true) => Shim.ft_generator_set_seed(Handle, seed);

        internal Generator(Device device, bool fresh)
        {
            Handle = Shim.Checked(Shim.ft_generator((int)device.type, device.index, fresh));
            this.device = device;
        }

        ~Generator() => Dispose(false);

        /// <summary>The generator that the CPU operators use when none is given.</summary>
        public static Generator Default => new(CPU, fresh: false);

        public nint Handle { get; private set; }

        public Device device { get; }

        public Generator manual_seed(long seed)
        {
            Shim.ft_generator_set_seed(Handle, (ulong)seed);
            return this;
        }

        /// <summary>Seeds from the clock and returns the seed.</summary>
        public long seed()
        {
            var seed = DateTime.UtcNow.Ticks;
            manual_seed(seed);
            return seed;
        }

        public long initial_seed() => (long)Shim.ft_generator_seed(Handle);

        public Tensor get_state() => new(Shim.Checked(Shim.ft_generator_state(Handle)));

        public void set_state(Tensor value) => Shim.Check(Shim.ft_generator_set_state(Handle, value.Handle));

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            if (Handle == 0)
                return;
            Shim.ft_generator_release(Handle);
            Handle = 0;
        }
    }
}
