using static TorchSharp.torch;

namespace TorchSharp.Tests.Lifetime;

/// <summary>How many tensors there are, with none on its way to a finalizer: what other tests have dropped would vanish at any moment.</summary>
static class LiveTensors
{
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
