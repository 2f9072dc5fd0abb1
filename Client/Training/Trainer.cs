using System.Security.Cryptography;
using Federated.Client.Data;
using Federated.Client.Faults;
using Federated.Client.Models;
using Federated.Client.Peft;
using Federated.Privacy.Mechanisms;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Federated.Client.Training;

/// <summary>
/// Runs optimiser steps on an adapter, or on the base itself. Deterministic for one machine, thread count and key: batches
/// come from the key, the optimiser starts fresh.
/// </summary>
public sealed class Trainer(IFoundationModel model)
{
    const int LossWindow = 10;

    /// <summary>Trains what the plan of the adapter lets train.</summary>
    /// <param name="adapter">Attached to this trainer's model.</param>
    /// <param name="data">One example or more.</param>
    /// <param name="settings">Steps, batch, optimiser.</param>
    /// <param name="key">Selects the batches; see <see cref="BatchOrder.RoundKey"/>.</param>
    /// <param name="progress">Called after every step.</param>
    /// <param name="cancellation">Looked at between steps.</param>
    /// <param name="afterBackward">Called between the gradients of a step, noise included where there is some, and the optimiser; null for none.</param>
    /// <exception cref="ClientFault">F521: the plan trains nothing. F550: the loss is no longer finite.</exception>
    public TrainReport Train(AttachedAdapter adapter, IExamples data, TrainSettings settings, ulong key,
        Action<TrainStep>? progress = null, CancellationToken cancellation = default, Action? afterBackward = null) =>
        Run(adapter, adapter.ParameterGroups(), data, settings, key, null, progress, cancellation, afterBackward);

    /// <summary>Trains the base's own tensors.</summary>
    /// <param name="data">One example or more.</param>
    /// <param name="settings">Steps, batch, optimiser.</param>
    /// <param name="key">Selects the batches.</param>
    /// <param name="schedule">Factor on the learning rate by step, from 0; null is 1 throughout.</param>
    /// <param name="progress">Called after every step.</param>
    /// <param name="cancellation">Looked at between steps.</param>
    public TrainReport TrainBase(IExamples data, TrainSettings settings, ulong key, Func<int, double>? schedule = null,
        Action<TrainStep>? progress = null, CancellationToken cancellation = default)
    {
        foreach (var parameter in model.BaseParameters)
            parameter.requires_grad = true;
        try
        {
            return Run(null, [(1, model.BaseParameters)], data, settings, key, schedule, progress, cancellation, null);
        }
        finally
        {
            foreach (var parameter in model.BaseParameters)
                parameter.requires_grad = false;
        }
    }

    TrainReport Run(AttachedAdapter? adapter, IReadOnlyList<(double, IReadOnlyList<Parameter> Parameters)> groups, IExamples data, TrainSettings settings, ulong key,
        Func<int, double>? schedule, Action<TrainStep>? progress, CancellationToken cancellation, Action? afterBackward)
    {
        if (settings.Problem() is { } problem)
            throw new ArgumentException($"Training cannot start: {problem}.", nameof(settings));
        Parameter[] all = [.. groups.SelectMany(g => g.Parameters)];
        if (all.Length == 0)
            throw ClientFaults.Adapter("The plan trains no tensor of any group; there is nothing to train.");
        var order = new BatchOrder(data.Count, settings.BatchSize, key);
        var indices = new int[settings.BatchSize];
        using var batch = settings.Private is null ? data.CreateBatch(settings.BatchSize) : null;
        using var gradients = settings.Private is null ? null : new ExampleGradients(model, adapter, all, data, settings.BatchSize);
        using var optimizer = OptimizerFactory.Create(settings, groups);
        using var pull = settings.Proximal > 0 ? new ProximalPull(all, settings.Proximal) : null;
        var losses = new Queue<double>(LossWindow);
        var started = TimeProvider.System.GetTimestamp();
        for (var step = 0; step < settings.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            order.Fill(step, indices);
            if (schedule is not null)
                SetLearningRate(optimizer, settings.LearningRate * schedule(step));
            var loss = settings.Private is { } noise
                ? PrivateStep(noise, gradients!, indices, optimizer, all, pull, afterBackward)
                : Step(batch!, indices, optimizer, all, pull, settings.ClipNorm, afterBackward);
            if (!double.IsFinite(loss))
                throw ClientFaults.Training($"The loss is {loss} at step {step + 1} of {settings.Steps}; the learning rate {settings.LearningRate} may be too large.");
            if (losses.Count == LossWindow)
                losses.Dequeue();
            losses.Enqueue(loss);
            progress?.Invoke(new TrainStep(step + 1, settings.Steps, loss));
        }
        foreach (var parameter in all)
            parameter.grad = null;
        return new TrainReport(settings.Steps, losses.Average(), TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }

    static void SetLearningRate(optim.Optimizer optimizer, double rate)
    {
        foreach (var group in optimizer.ParamGroups)
            group.LearningRate = rate;
    }

    // The noise is drawn anew whenever a step is taken: a key that the coordinator knows would be none.
    static double PrivateStep(PerExampleNoise noise, ExampleGradients gradients, int[] indices, optim.Optimizer optimizer, Parameter[] parameters, ProximalPull? pull, Action? afterBackward)
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        var loss = noise.Fill(parameters, gradients.Of(indices), indices.Length, new NoiseKey(RandomNumberGenerator.GetBytes(32)));
        afterBackward?.Invoke();
        // Of where the parameters are, which the noise has covered already: no data of its own.
        pull?.AddToGradients();
        optimizer.step();
        return loss;
    }

    double Step(IExampleBatch batch, int[] indices, optim.Optimizer optimizer, Parameter[] parameters, ProximalPull? pull, double clipNorm, Action? afterBackward)
    {
        using var scope = NewDisposeScope();
        batch.Fill(indices);
        optimizer.zero_grad();
        var loss = batch.Loss(model.Forward(batch.Inputs));
        loss.backward();
        afterBackward?.Invoke();
        pull?.AddToGradients();
        if (clipNorm > 0)
            nn.utils.clip_grad_norm_(parameters, clipNorm);
        optimizer.step();
        return loss.item<float>();
    }
}
