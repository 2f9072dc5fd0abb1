using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Ops.Linear.Call(input, weights, bias);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) => Ops.LayerNorm.Call(input, normalized_shape, weight, bias, eps);

            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Ops.Conv2d.Call(input, weight, bias, strides ?? One, padding ?? Nil, dilation ?? One, groups);

            public static Tensor conv2d_padding(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, Padding padding = Padding.Valid, long[]? dilation = null, long groups = 1) =>
                Ops.Conv2dSame.Call(input, weight, bias, strides ?? One, padding == Padding.Same ? "same" : "valid", dilation ?? One, groups);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
            {
                if (!inplace)
                    return Ops.Dropout.Call(input, p, training);
                Ops.DropoutInPlace.Run(input, p, training);
                return input.alias();
            }

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : x.relu();

            public static Tensor gelu(Tensor x) => x.gelu();

            public static Tensor gelu(Tensor x, bool inplace) => inplace ? InPlace(Ops.GeluInPlace, x) : x.gelu();

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? InPlace(Ops.SiluInPlace, x) : x.silu();

            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_().alias() : x.tanh();

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            public static Tensor sigmoid(Tensor x, bool inplace) => inplace ? x.sigmoid_().alias() : x.sigmoid();

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                inplace ? throw new NotSupportedException("leaky_relu in place is not supported.") : Ops.LeakyRelu.Call(input, negative_slope);

            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Ops.Softplus.Call(x, beta, threshold);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => Ops.OneHot.Call(x, num_classes);

            public static Tensor normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12)
            {
                using var norm = linalg.vector_norm(input, p, [dim], true);
                using var bounded = norm.clamp(min: (Scalar)eps);
                return input.div(bounded);
            }

            /// <summary>Pads with a constant: pairs of (before, after) from the last dimension on.</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode == PaddingModes.Constant
                ? Ops.Pad.Call(input, pad, value)
                : throw new NotSupportedException($"Only constant padding is supported, not {mode}.");

            static readonly long[] One = [1];
            static readonly long[] Nil = [0];

            static Tensor InPlace(Operator op, Tensor tensor)
            {
                op.Run(tensor);
                return tensor.alias();
            }
        }
    }
}
