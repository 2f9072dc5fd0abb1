using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>softmax(Q K^T / sqrt(d) + mask) V over the last two dimensions; a boolean mask is true where attention is allowed.</summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                if (p < 0)
                    throw new ArgumentException($"Dropout probability must be greater than or equal to zero, it is {p}.", nameof(p));
                if (is_casual && attn_mask is not null)
                    throw new ArgumentException("Casual attention masking cannot pass a mask.", nameof(attn_mask));
                return HasAttention.Value ? Ops.Attention.Call(query, key, value, attn_mask, p, is_casual) : Attend(query, key, value, attn_mask, p, is_casual);
            }

            /// <summary>libtorch has the operator since 2.0.</summary>
            static readonly Lazy<bool> HasAttention = new(() => Ops.Attention.Exists);

            static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? mask, double p, bool causal)
            {
                using var scope = NewDisposeScope();
                var scores = query.mul(1 / Math.Sqrt(query.size(-1))).matmul(key.transpose(-2, -1));
                if (causal)
                    mask = ones(scores.size(-2), scores.size(-1), ScalarType.Bool, scores.device).tril();
                if (mask is not null)
                    scores = mask.dtype == ScalarType.Bool ? scores.masked_fill(mask.logical_not(), double.NegativeInfinity) : scores.add(mask);
                var weights = scores.softmax(-1);
                if (p > 0)
                    weights = dropout(weights, p);
                return weights.matmul(value).MoveToOuterDisposeScope();
            }
        }
    }
}
