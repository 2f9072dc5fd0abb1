using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <content>Values written in place.</content>
    public partial class Tensor
    {
        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            Ops.Copy.Run(this, source, nonBlocking);
            return this;
        }

        public Tensor fill_(Scalar value)
        {
            Ops.Fill.Run(this, value);
            return this;
        }

        public Tensor zero_() => InPlace(Ops.Zero);

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null)
        {
            Ops.Normal.Run(this, mean, std, generator);
            return this;
        }

        public Tensor uniform_(double from, double to, Generator? generator = null)
        {
            Ops.Uniform.Run(this, from, to, generator);
            return this;
        }

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null)
        {
            Ops.BernoulliInPlace.Run(this, p, generator);
            return this;
        }

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) => Ops.Multinomial.Call(this, num_samples, replacement, generator);
    }
}
