namespace Federated.Server.Planning;

/// <summary>
/// Memory and time of one choice on one device (ours; FedPipe's own inequalities are not public):
/// memory = fixed + base (q + e_q) / 8 + 16 P + b A, time = E ceil(n / b) tau(b) + bytes(P) (1 / up + 1 / down).
/// </summary>
public static class CostModel
{
    /// <summary>fp32 weight, gradient and AdamW's two moments.</summary>
    const int BytesPerTrainedScalar = 16;

    /// <summary>Bits a weight spends on block scales: an fp32 per 64 weights in NF4, per 256 in I8.</summary>
    static double ScaleBits(int bits) => bits switch { 4 => 32.0 / 64, 8 => 32.0 / 256, _ => 0 };

    public static double BaseBytes(long weights, int bits) => weights * (bits + ScaleBits(bits)) / 8;

    public static double TrainedBytes(long scalars) => (double)BytesPerTrainedScalar * scalars;

    public static double Bytes(DeviceReport device, int bits, int batch, long scalars) =>
        device.FixedBytes + BaseBytes(device.BaseWeights, bits) + TrainedBytes(scalars) + batch * device.ActivationBytes;

    public static double Seconds(DeviceReport device, PlanningGrid grid, int batch, long scalars) =>
        (double)grid.Epochs * ((device.Samples + batch - 1) / batch) * device.StepSeconds(batch)
        + (double)grid.BytesPerScalar * scalars * (1 / device.UpBytesPerSecond + 1 / device.DownBytesPerSecond);
}
